"""Which keys do what at the prompt, besides those of Emacs that prompt-toolkit has anyway."""

from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent, get_common_complete_suffix
from prompt_toolkit.enums import DEFAULT_BUFFER
from prompt_toolkit.filters import has_focus
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

from qwq_cli.ui.repl.entry import ClearedError, continued, fence_is_open


def bindings() -> KeyBindings:
    """Enter sends what is whole; Alt-Enter begins another line, and Ctrl-X Enter sends anyway."""
    keys = KeyBindings()
    here = has_focus(DEFAULT_BUFFER)  # and not where Ctrl-R asks what to search for

    @keys.add("enter", filter=here)
    def send(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        state = buffer.complete_state
        if state is not None and state.current_completion is not None:
            buffer.complete_state = None  # one was chosen; it is not sent by the same key
        elif not _another_line(buffer):
            buffer.validate_and_handle()

    @keys.add("escape", "enter", filter=here)
    def begin_line(event: KeyPressEvent) -> None:
        event.current_buffer.newline(copy_margin=False)

    @keys.add("c-x", "enter", filter=here)
    def send_anyway(event: KeyPressEvent) -> None:
        event.current_buffer.validate_and_handle()

    @keys.add("tab", filter=here)
    def complete(event: KeyPressEvent) -> None:
        _complete(event.current_buffer)

    @keys.add("c-c", filter=here)
    def give_up(event: KeyPressEvent) -> None:
        cleared = bool(event.current_buffer.text)
        event.app.exit(exception=ClearedError() if cleared else KeyboardInterrupt())

    return keys


def _another_line(buffer: Buffer) -> bool:
    """Begin one where the text is not whole yet."""
    before = buffer.document.text_before_cursor
    if buffer.document.is_cursor_at_the_end and continued(before):
        buffer.delete_before_cursor()
    elif not fence_is_open(buffer.text):
        return False
    buffer.newline(copy_margin=False)
    return True


def _complete(buffer: Buffer) -> None:
    """What all candidates go on with, at once: prompt-toolkit's own way to it does nothing while
    candidates are being looked for anyway. Else the next one.
    """
    document = buffer.document
    found = list(buffer.completer.get_completions(document, CompleteEvent()))
    chosen = buffer.complete_state is not None and buffer.complete_state.current_completion
    common = "" if chosen else get_common_complete_suffix(document, found)
    if common:
        buffer.insert_text(common)
    elif buffer.complete_state is not None:
        buffer.complete_next()
    else:
        buffer.start_completion()
