"""The optimizer: what orthogonalized means, and who gets it."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from viper.training.muon import Muon, orthogonalized


def with_singular_values(rows: int, columns: int, seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """A matrix whose singular values lie between 0.05 and 1, and its singular vectors."""
    noise = torch.Generator().manual_seed(seed)
    rank = min(rows, columns)
    left = torch.linalg.qr(torch.randn(rows, rank, generator=noise)).Q
    right = torch.linalg.qr(torch.randn(columns, rank, generator=noise)).Q
    values = torch.logspace(-1.3, 0, rank)
    return left @ torch.diag(values) @ right.T, left, right


@given(st.integers(2, 48), st.integers(2, 48), st.integers(0, 5), st.floats(1e-3, 1e3))
def test_singular_values_end_near_one_and_directions_stay(
    rows: int, columns: int, seed: int, size: float
) -> None:
    matrix, left, right = with_singular_values(rows, columns, seed)
    found = orthogonalized(size * matrix)
    assert found.shape == matrix.shape
    assert found.dtype == matrix.dtype
    values = torch.linalg.svdvals(found)
    assert values.min() > 0.6
    assert values.max() < 1.3
    along = torch.diagonal(left.T @ found @ right)
    assert along.min() > 0.5


def test_zero_stays_zero() -> None:
    assert torch.equal(orthogonalized(torch.zeros(4, 6)), torch.zeros(4, 6))


def stepped(parameter: nn.Parameter, gradient: Tensor) -> Tensor:
    """By how much one step moves a parameter."""
    before = parameter.detach().clone()
    optimizer = Muon([parameter], learning_rate=0.01)
    parameter.grad = gradient
    optimizer.step()
    return parameter.detach() - before


def test_a_matrix_moves_by_the_same_in_every_direction() -> None:
    gradient, _, _ = with_singular_values(32, 48, 0)
    moved = stepped(nn.Parameter(torch.zeros(32, 48)), gradient)
    # 0.2 * sqrt(the longer side) makes an entry move about as far as AdamW moves it.
    values = torch.linalg.svdvals(moved) / (0.01 * 0.2 * 48**0.5)
    assert values.min() > 0.6
    assert values.max() < 1.3
    assert (moved * gradient).sum() < 0


def test_a_convolution_is_a_matrix_and_small_or_flat_things_are_not() -> None:
    shapes = {
        (32, 32): True, (32, 17, 3, 3): True, (32, 16): False, (3, 64): False, (64,): False,
        (): False,
    }  # fmt: skip
    parameters = {shape: nn.Parameter(torch.zeros(shape)) for shape in shapes}
    optimizer = Muon(parameters.values(), learning_rate=0.01)
    matrices = {tuple(p.shape) for g in optimizer.param_groups if g["matrix"] for p in g["params"]}
    assert matrices == {shape for shape, matrix in shapes.items() if matrix}
    assert sum(len(group["params"]) for group in optimizer.param_groups) == len(shapes)


def test_a_vector_moves_by_the_rate_at_first() -> None:
    gradient = torch.tensor([3.0, -0.001, 20.0])
    moved = stepped(nn.Parameter(torch.ones(3)), gradient)
    assert moved.tolist() == pytest.approx([-0.01, 0.01, -0.01], rel=1e-3)


def test_what_has_no_gradient_stays() -> None:
    used, unused = nn.Parameter(torch.ones(20, 20)), nn.Parameter(torch.ones(20, 20))
    optimizer = Muon([used, unused], learning_rate=0.01)
    used.grad = torch.ones(20, 20)
    optimizer.step()
    assert torch.equal(unused, torch.ones(20, 20))
    assert not torch.equal(used, torch.ones(20, 20))
