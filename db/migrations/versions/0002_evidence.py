"""Evidence knows its own strength and kind; deletions are remembered; comments tell their source.

An attribute's strength used to be all that was known. It is shared out evenly among the comments
it came from: each says 1 - (1 - strength) ** (1 / count), which together give that strength.
"""

from collections import defaultdict

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_PLAIN = 0.7
"""Of evidence for an attribute whose strength the person has set: what it said is not known."""


def upgrade() -> None:
    """Brings a database of the revision before to this one."""
    comment = sa.String(length=8)
    op.add_column(
        "comments", sa.Column("source", comment, server_default="comment", nullable=False)
    )
    op.add_column(
        "attributes", sa.Column("deleted", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("evidence", sa.Column("strength", sa.Double(), nullable=True))
    op.add_column("evidence", sa.Column("kind", comment, server_default="comment", nullable=False))
    op.add_column(
        "evidence", sa.Column("since", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    _share_out(op.get_bind())


def _share_out(connection: sa.Connection) -> None:
    found = connection.execute(
        sa.text(
            "SELECT e.id, e.comment_id, e.attribute_id, a.strength, a.pinned FROM evidence e "
            "JOIN attributes a ON a.id = e.attribute_id"
        )
    ).all()
    sources: dict[int, set[object]] = defaultdict(set)
    for row in found:
        sources[row.attribute_id].add(_source(row))
    shares = [
        {
            "id": row.id,
            "share": _share(_PLAIN if row.pinned else row.strength, len(sources[row.attribute_id])),
        }
        for row in found
    ]
    if shares:
        update = sa.text("UPDATE evidence SET strength = :share WHERE id = :id")
        connection.execute(update, shares)


def _source(row: sa.Row[tuple[int, int | None]]) -> object:
    """Which comment said it; what came without one stands for itself."""
    return row.comment_id if row.comment_id is not None else ("alone", row.id)


def _share(strength: float, count: int) -> float:
    return round(1 - (1 - strength) ** (1 / count), 6)
