"""`datadrives keys`: the keys under which recipients know children by names of their own.

Does not belong here: making tokens (governance/pseudonym.py). A key itself is never shown, only its id.
"""

from typing import Annotated

import typer

from orchestration.cli.console import console, fail, say_json
from orchestration.governance.pseudonym import KeyFolder, KeyFolderError
from orchestration.settings import get_settings

app = typer.Typer(help="Keys of pseudonyms, one recipient each; kept apart from the warehouse.", no_args_is_help=True)

_Recipient = Annotated[str, typer.Argument(help="who gets the extracts; lower-case letters, digits, - and _")]
_Json = Annotated[bool, typer.Option("--json", help="one JSON document on stdout, nothing else")]


@app.command("list")
def list_(as_json: _Json = False) -> None:
    """Which recipients have keys, which key is in use, which were destroyed and when."""
    folder = _folder(as_json=as_json)
    held = {recipient: folder.history(recipient) for recipient in folder.recipients()}
    if as_json:
        say_json({"ok": True, "folder": folder.folder, "recipients": held})
        return
    screen = console()
    screen.print(f"keys in {folder.folder}: {len(held):,} recipients", markup=False)
    for recipient, keys in held.items():
        for key_id, state in keys.items():
            screen.print(f"  {recipient}: {key_id} {state}", markup=False)


@app.command()
def rotate(recipient: _Recipient, as_json: _Json = False) -> None:
    """Make the recipient's next key, or its first. Extracts from now on cannot be joined to earlier ones; the old key stays."""
    try:
        key = _folder(as_json=as_json).rotate(recipient)
    except KeyFolderError as error:
        fail(console(), [str(error)], as_json=as_json)
    if as_json:
        say_json({"ok": True, "recipient": recipient, "key_id": key.key_id})
    else:
        console().print(
            f"{recipient}: key {key.key_id} is in use from now on. Back {key.path.parent} up apart from the warehouse.", markup=False
        )


@app.command()
def destroy(
    recipient: _Recipient,
    key_id: Annotated[str, typer.Argument(help="the key, as `keys list` names it")],
    yes: Annotated[bool, typer.Option("--yes", help="do not ask: this cannot be undone")] = False,
    as_json: _Json = False,
) -> None:
    """Destroy a key, as at the end of an agreement: nobody can make or check its tokens again. Its id and the day stay as proof."""
    folder = _folder(as_json=as_json)
    if not yes:
        typer.confirm(f"destroy key {key_id} of {recipient}? This cannot be undone", abort=True, err=True)
    try:
        folder.destroy(recipient, key_id)
    except KeyFolderError as error:
        fail(console(), [str(error)], as_json=as_json)
    if as_json:
        say_json({"ok": True, "recipient": recipient, "key_id": key_id})
    else:
        console().print(f"{recipient}: key {key_id} is destroyed. Destroy its safe copies too.", markup=False)


def _folder(*, as_json: bool) -> KeyFolder:
    try:
        return get_settings().key_folder
    except KeyFolderError as error:
        fail(console(), [str(error)], as_json=as_json)
