"""The inventory of keys: who may generate one, who has one, and when each ends.

`InventoryReading` asks the Control Room and says how far it is; its `Inventory` is what is known so far. `csv_text` and
`json_text` are its exports, `write_export` puts one into a file of the user's.
"""

from a360tui.workflow.inventory.entry import Entry
from a360tui.workflow.inventory.export import csv_text, json_document, json_text
from a360tui.workflow.inventory.export_file import check_export, write_export
from a360tui.workflow.inventory.inventory import WEEKS, Inventory
from a360tui.workflow.inventory.reading import AT_ONCE, InventoryReading, Progress

__all__ = [
    "AT_ONCE",
    "WEEKS",
    "Entry",
    "Inventory",
    "InventoryReading",
    "Progress",
    "check_export",
    "csv_text",
    "json_document",
    "json_text",
    "write_export",
]
