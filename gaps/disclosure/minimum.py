"""How many people a group must have to be shown."""

from __future__ import annotations

from dataclasses import dataclass

from gaps.model import Role

SMALL = "small_group"  # fewer people than the minimum
GUARDED = "guards_others"  # large enough, but with it a smaller group could be computed
HIDDEN = (SMALL, GUARDED)


@dataclass(frozen=True, slots=True)
class Minimum:
    """The fewest people of each role that a group may have to be shown; 1 shows every group."""

    customers: int = 5
    managers: int = 3
    employees: int = 3

    def __post_init__(self) -> None:
        if min(self.customers, self.managers, self.employees) < 1:
            raise ValueError(f"a minimum is 1 (every group is shown) or more; got {self.customers}, {self.managers}, {self.employees}")

    @classmethod
    def of(cls, text: str) -> Minimum:
        """Read "5,3,3": customers, managers, employees; a single number is for all three. Raises ValueError for anything else."""
        numbers = [int(part) for part in text.split(",")]
        if len(numbers) not in (1, 3):
            raise ValueError(f"a minimum is one number, or three for customers, managers and employees; got {text!r}")
        return cls(*(numbers if len(numbers) == 3 else numbers * 3))

    def __str__(self) -> str:
        return f"{self.customers},{self.managers},{self.employees}"

    def __getitem__(self, role: Role) -> int:
        return getattr(self, role.value)

    @property
    def off(self) -> bool:
        """Whether every group is shown."""
        return self == EVERY_GROUP


EVERY_GROUP = Minimum(1, 1, 1)
