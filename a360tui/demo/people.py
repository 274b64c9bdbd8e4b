"""Names for the people of the company."""

import random
from collections import Counter
from collections.abc import Iterator

_FIRST_NAMES = """
Aaliyah Adrián Agnieszka Ahmed Aiko Alejandra Amara Andrzej Anika Arjun Astrid Beatriz Benoît Camila Carlos Chen
Chiara Dagny Daniel Deepa Diego Elena Elif Emeka Emma Farah Felix Fiona Gabriel Giulia Grace Hannah Haruto Henrik
Ines Isaac Jasper Joana Jonas Julia Kamal Katarzyna Kenji Lara Leila Liam Lucía Lukas Magnus Maja Marek María Mateo
Mei Miguel Mira Mónica Nadia Niamh Nikhil Noor Olga Omar Oskar Paula Pavel Petra Priya Rafael Ravi Rosa Ruben Sanjay
Sara Sofie Stefan Tariq Thandiwe Theo Tomás Ursula Valentina Viktor Wanjiru Yara Yusuf Zofia
"""
_LAST_NAMES = """
Abara Adeyemi Ahlberg Almeida Andersson Bakker Banerjee Barros Bauer Becker Bianchi Brandt Carvalho Castillo
Chaudhry Clarke Costa Dahl Delgado Demir Dubois Eriksen Fernández Fischer Fontaine Fujita García Gonzalez Greco
Gupta Haddad Hansen Hashimoto Hoffmann Ibrahim Ivanova Iyer Jansen Jensen Kamau Kapoor Kaya Keller Khan Kim Kowalski
Krause Kumar Lange Larsen Lefèvre Lindqvist López Maier Mancini Marques Mbeki Mendoza Meyer Moreau Müller Nakamura
Navarro Ndiaye Nguyen Nielsen Novák Nowak Obi Okafor Olsen Ortega Osei Park Patel Pereira Petrov Quinn Ramírez Reyes
Ricci Rossi Roux Ruiz Sato Schmidt Schneider Sharma Silva Singh Sørensen Suzuki Tanaka Torres Tran Vargas Vasquez
Visser Wagner Walsh Weber Wójcik Yamamoto Yılmaz Zhang Zieliński Zimmermann
"""
FIRST_NAMES = tuple(_FIRST_NAMES.split())
LAST_NAMES = tuple(_LAST_NAMES.split())

_PLAIN = str.maketrans("áàâäãåéèêëíìîïóòôöõøúùûüýçñńśźżıčďěřšťůžł", "aaaaaaeeeeiiiioooooouuuuycnnszzicderstuzl")


def plain(name: str) -> str:
    """A name in the form in which it is part of a username."""
    return name.lower().translate(_PLAIN)


def people(chance: random.Random, taken: set[str]) -> Iterator[tuple[str, str, str]]:
    """Endless ``(username, first name, last name)``; names repeat, usernames do not."""
    used = set(taken)
    repeats: Counter[str] = Counter()
    while True:
        first, last = chance.choice(FIRST_NAMES), chance.choice(LAST_NAMES)
        username = base = f"{plain(first)}.{plain(last)}"
        while username in used:
            repeats[base] += 1
            username = f"{base}{repeats[base] + 1}"
        used.add(username)
        yield username, first, last
