"""Settings are read once for each request, and anew in the next one."""

from teams import memory


def test_function_is_asked_once_for_each_arguments_of_a_request() -> None:
    asked: list[tuple[int, int]] = []

    @memory.once_a_request
    def read(first: int, *, second: int = 0) -> int:
        asked.append((first, second))
        return first + second

    with memory.remembering():
        assert [read(1), read(1), read(1, second=2), read(1, second=2)] == [1, 1, 3, 3]
    assert asked == [(1, 0), (1, 2)]
    with memory.remembering():
        read(1)
    assert asked == [(1, 0), (1, 2), (1, 0)]


def test_function_is_asked_again_when_something_was_changed_and_outside_requests() -> None:
    asked: list[None] = []
    read = memory.once_a_request(lambda: asked.append(None))
    with memory.remembering():
        read()
        memory.forget()
        read()
    read()
    read()
    assert len(asked) == 4
