"""Answers that are lost, cut, late or refused: what is said of them is so, and no key is asked for twice."""

import asyncio

import pytest

from a360tui.api import ApiKey, ControlRoom, SignedIn
from a360tui.api.errors import Forbidden, OutcomeUnknown
from a360tui.secret import Secret
from a360tui.storage import SecretKind
from a360tui.workflow.errors import KeyMadeButLost, UnfinishedRotation
from a360tui.workflow.rotation import Ending, resume
from tests.faults.control_room import FaultyControlRoom
from tests.faults.room import GENERATE, SIGN_IN, Plan
from tests.workflow.rotation.conftest import Desk, later, sign_in

OLD = "the-old-key-of-jdoe"


async def test_a_lost_answer_is_found_out_by_looking(faulty: FaultyControlRoom, faulty_desk: Desk) -> None:
    """The key's date has changed, so a key was made and is lost: that is said, and nothing is asked for again."""
    room = faulty.begin(Plan("lost_reset"), key=OLD)
    await sign_in(faulty_desk, OLD)
    result = await faulty_desk.rotate()
    assert result.ending is Ending.LOST
    assert isinstance(result.error, KeyMadeButLost)
    assert "key regenerate" in result.hint
    assert room.log.count(GENERATE) == 1
    assert room.failed_sign_ins == 0
    assert await faulty_desk.stored() is None  # signing in with it would be a failed sign-in

    room.plan.answer = "whole"
    again = await faulty_desk.rotate()
    assert again.ending is Ending.DONE
    assert faulty_desk.unfinished() == []


async def test_an_answer_that_came_late_is_not_taken_for_none(faulty: FaultyControlRoom, faulty_desk: Desk) -> None:
    """A key that is made after the first looks is found at the next one: it is never said that nothing was made."""
    faulty.begin(Plan("late"), key=OLD)
    await sign_in(faulty_desk, OLD)
    result = await faulty_desk.rotate()
    assert result.ending is Ending.UNKNOWN
    assert isinstance(result.error, OutcomeUnknown)
    assert (await faulty_desk.recover()).ending is Ending.UNKNOWN
    later(faulty)
    assert (await faulty_desk.recover()).ending is Ending.LOST


async def test_only_a_second_look_says_that_nothing_was_made(faulty: FaultyControlRoom, faulty_desk: Desk) -> None:
    """While a late key may come, it stays unknown and no other rotation begins; later the old key is seen in force."""
    faulty.begin(Plan("never_reset"), key=OLD)
    await sign_in(faulty_desk, OLD)
    assert (await faulty_desk.rotate()).ending is Ending.UNKNOWN
    with pytest.raises(UnfinishedRotation, match="did not arrive"):
        await faulty_desk.rotate()
    later(faulty)
    result = await (await faulty_desk.next_start()).recover()
    assert result.ending is Ending.NOT_DONE
    assert result.error is None
    assert faulty_desk.unfinished() == []
    assert await faulty_desk.stored() == OLD


@pytest.mark.parametrize(("answer", "ending"), [("lost_close", Ending.LOST), ("never_close", Ending.NOT_DONE)])
async def test_where_the_dates_are_hidden_the_old_key_is_tried_once(
    faulty: FaultyControlRoom, faulty_desk: Desk, answer: str, ending: Ending
) -> None:
    """Without the dates one sign-in with the old key tells; a refused one is not repeated, whoever asks."""
    room = faulty.begin(Plan(answer, dates="forbidden"), key=OLD)
    await sign_in(faulty_desk, OLD)
    assert (await faulty_desk.rotate()).ending is Ending.UNKNOWN
    later(faulty)
    result = await faulty_desk.recover()
    assert result.ending is ending
    for found in faulty_desk.unfinished():
        await faulty_desk.recover(found)
    assert room.failed_sign_ins == (ending is Ending.LOST)
    assert room.log.count(GENERATE) == 1


async def test_a_refusal_leaves_nothing_behind(faulty: FaultyControlRoom, faulty_desk: Desk) -> None:
    """What the Control Room refuses was not done: it is raised, and neither journal nor slots are left."""
    faulty.begin(Plan("forbidden"), key=OLD)
    await sign_in(faulty_desk, OLD)
    with pytest.raises(Forbidden):
        await faulty_desk.rotate()
    assert faulty_desk.unfinished() == []
    assert await faulty_desk.stored() == OLD


async def test_a_key_in_a_cut_answer_is_saved(faulty: FaultyControlRoom, faulty_desk: Desk) -> None:
    """An answer that breaks off after the key still gives it: verified, stored, in the references."""
    room = faulty.begin(Plan("cut", cut_at=80), key=OLD)
    await sign_in(faulty_desk, OLD)
    result = await faulty_desk.rotate(faulty_desk.json(OLD))
    assert result.ending is Ending.DONE
    assert faulty_desk.json_value() == room.key


async def test_an_answer_without_a_key_is_shown_as_it_came(faulty: FaultyControlRoom, faulty_desk: Desk) -> None:
    """Where the key is not where the call map says, a person gets the whole answer, at once and at the next start."""
    room = faulty.begin(Plan("elsewhere"), key=OLD)
    await sign_in(faulty_desk, OLD)
    result = await faulty_desk.rotate()
    assert result.ending is Ending.LOST
    assert "no key was found in the answer" in result.sentence
    again = await (await faulty_desk.next_start()).recover()
    for each in (result, again):
        assert each.answer is not None
        assert room.made[0][:15].encode() in each.answer.reveal()
        assert "•••" in repr(each.answer)


async def test_one_refused_sign_in_is_all_there_is(faulty: FaultyControlRoom, faulty_desk: Desk) -> None:
    """A new key that is refused is kept and not tried again by itself; a person's word gives it one more try."""
    room = faulty.begin(Plan(refusals=1), key=OLD)
    await sign_in(faulty_desk, OLD)
    result = await faulty_desk.rotate(faulty_desk.json(OLD))
    assert result.ending is Ending.NOT_VERIFIED
    assert "--sign-in-again" in result.hint
    assert result.key is not None
    assert await faulty_desk.stored(SecretKind.PENDING_API_KEY) == room.key
    assert faulty_desk.json_value() == OLD
    next_start = await faulty_desk.next_start()
    for _ in range(3):
        assert (await next_start.recover()).ending is Ending.NOT_VERIFIED
    assert room.failed_sign_ins == 1

    last = await next_start.recover(sign_in_again=True)
    assert last.ending is Ending.DONE
    assert faulty_desk.json_value() == room.key
    assert await next_start.stored() == room.key
    assert await next_start.stored(SecretKind.PENDING_API_KEY) is None


async def test_a_sign_in_without_an_answer_is_not_repeated(faulty: FaultyControlRoom, faulty_desk: Desk) -> None:
    """Where nobody knows whether a sign-in failed, the dates say that the new key is in force, and that is enough."""
    room = faulty.begin(Plan(lost_sign_ins=1), key=OLD)
    await sign_in(faulty_desk, OLD)
    result = await faulty_desk.rotate()
    assert result.ending is Ending.DONE
    assert result.key_sign_in is None
    assert room.log.count(SIGN_IN) == 2  # the password's and the one without an answer


@pytest.mark.parametrize("moment", ["answered", "signed in"])
async def test_another_hosts_key_is_a_conflict(faulty: FaultyControlRoom, faulty_desk: Desk, moment: str) -> None:
    """A key that somebody else makes meanwhile is noticed, and said; ours is not kept as the one to sign in with."""
    room = faulty.begin(Plan(rival=moment), key=OLD)
    await sign_in(faulty_desk, OLD)
    result = await faulty_desk.rotate(faulty_desk.json(OLD))
    assert result.ending is Ending.CONFLICT
    assert room.key in room.rivals
    assert room.failed_sign_ins <= 1
    assert await faulty_desk.stored() is None
    if moment == "answered":
        assert faulty_desk.json_value() == OLD


async def test_a_call_that_makes_no_key_is_found_out(faulty: FaultyControlRoom, faulty_desk: Desk) -> None:
    """An answer that only looks like a key, with the old one seen in force: nothing was touched, nothing was done."""
    room = faulty.begin(Plan("masked_nothing_made"), key=OLD)
    await sign_in(faulty_desk, OLD)
    result = await faulty_desk.rotate(faulty_desk.json(OLD))
    assert result.ending is Ending.NOT_VERIFIED
    later(faulty)
    assert (await faulty_desk.recover()).ending is Ending.NOT_DONE
    assert faulty_desk.json_value() == OLD
    assert await faulty_desk.stored() == OLD
    assert await faulty_desk.stored(SecretKind.PENDING_API_KEY) is None
    assert room.failed_sign_ins == 1


async def test_the_session_that_the_key_opened_is_gone_on_with(faulty: FaultyControlRoom, faulty_desk: Desk) -> None:
    """Signed in by the key that dies, killed, and nothing else to sign in with: the kept token makes the next key."""
    faulty.begin(Plan("lost_close"), key=OLD)
    await sign_in(faulty_desk, OLD)
    faulty_desk.room = await faulty_desk.signed_in(ApiKey(Secret(OLD)))
    plan = await faulty_desk.prepare(signed_in_by_key=True)
    faulty.room.plan.dates = "broken"
    assert (await plan.run()).ending is Ending.UNKNOWN

    faulty.room.plan.dates = "visible"
    next_start = await faulty_desk.next_start()
    next_start.room = await next_start.signed_in(None)
    assert (await next_start.recover()).ending is Ending.LOST

    later_start = await faulty_desk.next_start()
    later_start.room = await later_start.signed_in(None)
    (found,) = later_start.unfinished()
    assert await resume(found, later_start.keeping, later_start.room)
    faulty.room.plan.answer = "whole"
    assert (await later_start.rotate()).ending is Ending.DONE
    assert not await resume(found, later_start.keeping, later_start.room)
    assert later_start.unfinished() == []


async def test_a_cancel_does_not_lose_the_renewed_session(
    faulty: FaultyControlRoom, faulty_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cancelled once the Control Room has renewed the kept token, which ends it: the new one is kept in its place."""
    faulty.begin(Plan("lost_close"), key=OLD)
    await sign_in(faulty_desk, OLD)
    faulty_desk.room = await faulty_desk.signed_in(ApiKey(Secret(OLD)))
    plan = await faulty_desk.prepare(signed_in_by_key=True)
    faulty.room.plan.dates = "broken"
    assert (await plan.run()).ending is Ending.UNKNOWN

    renew = ControlRoom.resume

    async def cancelled(room: ControlRoom, token: Secret) -> SignedIn:
        signed_in = await renew(room, token)
        resuming.cancel()
        await asyncio.sleep(0)
        return signed_in

    (found,) = faulty_desk.unfinished()
    with monkeypatch.context() as patched:
        patched.setattr(ControlRoom, "resume", cancelled)
        resuming = asyncio.create_task(resume(found, faulty_desk.keeping, await faulty_desk.signed_in(None)))
        await asyncio.wait([resuming])
    assert resuming.cancelled()
    assert await resume(found, faulty_desk.keeping, await faulty_desk.signed_in(None))


async def test_without_a_session_it_is_said_that_one_is_needed(faulty: FaultyControlRoom, faulty_desk: Desk) -> None:
    """What only the dates can tell is told by nobody who is not signed in."""
    faulty.begin(Plan("never_reset"), key=OLD)
    await sign_in(faulty_desk, OLD)
    await faulty_desk.rotate()
    (found,) = faulty_desk.unfinished()
    assert found.needs_sign_in
    result = await faulty_desk.recover(found, room=None)
    assert (result.ending, result.hint) == (Ending.UNKNOWN, "Sign in first.")


async def test_a_short_token_is_renewed_before_the_key_is_asked_for(
    faulty: FaultyControlRoom, faulty_desk: Desk
) -> None:
    """A session with less than five minutes left could end on the way: it is renewed first."""
    room = faulty.begin(Plan(token_seconds=200), key=OLD)
    await sign_in(faulty_desk, OLD)
    assert (await faulty_desk.rotate()).ending is Ending.DONE
    assert room.log.index("POST /v2/authentication/token") < room.log.index(GENERATE)
