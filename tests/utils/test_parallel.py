"""Work shared between threads: whole, in the caller's name, the same bits always."""

import os
import threading
import time
from functools import partial

import numpy as np
import pytest

from minikeras import ops
from minikeras.ops import products
from minikeras.utils import blas, parallel


@pytest.fixture(autouse=True)
def three_threads():
    parallel.set_num_threads(3)
    yield
    parallel.set_num_threads(None)


def meeting(count: int):
    """Jobs that end only if `count` threads run them at the same time."""
    barrier = threading.Barrier(count)
    return [partial(barrier.wait, 10) for _ in range(count)]


# Jobs -------------------------------------------------------------------------------


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_every_job_runs_once(threads, count):
    parallel.set_num_threads(threads)
    done = []
    parallel.run_all([partial(done.append, i) for i in range(count)])
    assert sorted(done) == list(range(count))


def test_jobs_run_at_the_same_time():
    parallel.run_all(meeting(3))


def test_one_thread_runs_in_order_in_the_caller():
    parallel.set_num_threads(1)
    seen = []
    jobs = [lambda i=i: seen.append((i, threading.get_ident())) for i in range(4)]
    parallel.run_all(jobs)
    assert seen == [(i, threading.get_ident()) for i in range(4)]


def test_workers_are_daemons_and_leave_when_dismissed():
    parallel.run_all(meeting(3))
    workers = [t for t in threading.enumerate() if t.name == "minikeras-worker"]
    assert len(workers) >= 2
    assert all(worker.daemon for worker in workers)
    parallel.set_num_threads(1)
    for worker in workers:
        worker.join(10)
    assert not any(worker.is_alive() for worker in workers)


def test_without_threads_the_caller_does_it_all(monkeypatch):
    def refuse(thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    parallel.set_num_threads(3)
    done = []
    parallel.run_all([partial(done.append, i) for i in range(4)])
    assert done == [0, 1, 2, 3]


# Errors ------------------------------------------------------------------------------


def fail(message, after=0.0):
    time.sleep(after)
    raise ValueError(message)


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_the_first_jobs_error_is_raised(threads):
    parallel.set_num_threads(threads)
    jobs = [partial(fail, "first", 0.02), partial(fail, "second")]
    with pytest.raises(ValueError, match="first"):
        parallel.run_all(jobs)
    parallel.run_all([int, int])  # and the team still works


def test_an_error_in_a_worker_reaches_the_caller():
    caller = threading.get_ident()
    barrier = threading.Barrier(3)

    def job():
        barrier.wait(10)
        if threading.get_ident() != caller:
            raise KeyError("from afar")

    with pytest.raises(KeyError, match="from afar"):
        parallel.run_all([job] * 3)


def test_nobody_works_on_after_an_error():
    barrier = threading.Barrier(2)
    result = np.zeros(1)

    def slow():
        barrier.wait(10)
        time.sleep(0.03)
        result[0] = 1

    def quick():
        barrier.wait(10)
        raise ValueError("quick")

    with pytest.raises(ValueError, match="quick"):
        parallel.run_all([slow, quick])
    assert result[0] == 1  # the slow one was waited for


def test_an_interruption_goes_before_errors():
    def interrupt():
        raise KeyboardInterrupt

    both = threading.Barrier(2)
    jobs = [
        lambda: both.wait(10) < 0 or fail("first"),
        lambda: both.wait(10) < 0 or interrupt(),
    ]
    with pytest.raises(KeyboardInterrupt):
        parallel.run_all(jobs)


def test_an_interrupted_wait_still_waits():
    class Bell:
        rings = 0

        def get(self):
            self.rings += 1
            if self.rings == 1:
                raise KeyboardInterrupt
            batch.left.append(1)

    batch = parallel._Batch([int], Bell())
    batch.entered.append(1)
    with pytest.raises(KeyboardInterrupt):
        batch.finish()
    assert len(batch.left) == 1


# Alongside ---------------------------------------------------------------------------


def test_jobs_run_alongside_the_caller():
    first, second = meeting(2)
    with parallel.alongside([first]):
        second()


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_all_is_done_after_the_block(threads):
    parallel.set_num_threads(threads)
    done = []
    with parallel.alongside([partial(done.append, i) for i in range(5)]):
        done.append("caller")
    assert set(done) == {0, 1, 2, 3, 4, "caller"}
    with parallel.alongside([]):
        pass


@pytest.mark.parametrize("threads", [1, 2])
def test_errors_alongside(threads):
    parallel.set_num_threads(threads)
    with pytest.raises(ValueError, match="job"):
        with parallel.alongside([partial(fail, "job")]):
            pass
    with pytest.raises(ValueError, match="caller"):
        with parallel.alongside([partial(fail, "job")]):
            fail("caller", after=0.01)


def test_a_failing_caller_waits_for_what_has_begun():
    first, second = meeting(2)
    done = []

    def job():
        first()
        time.sleep(0.03)
        done.append(1)

    with pytest.raises(ValueError, match="caller"):
        with parallel.alongside([job]):
            second()
            fail("caller")
    assert done == [1]


# Warnings ----------------------------------------------------------------------------


def divide_in_all_threads():
    barrier = threading.Barrier(3)
    outcome = np.zeros(3)

    def job(i):
        barrier.wait(10)
        outcome[i : i + 1] = np.ones(1) / np.zeros(1)

    parallel.run_all([partial(job, i) for i in range(3)])
    return outcome.tolist()


def test_workers_hold_to_the_callers_errstate():
    with np.errstate(divide="ignore"):
        assert divide_in_all_threads() == [np.inf] * 3
    with np.errstate(divide="raise"), pytest.raises(FloatingPointError):
        divide_in_all_threads()


# Several at once ---------------------------------------------------------------------


def test_jobs_may_run_jobs():
    done = []

    def outer(i):
        parallel.run_all([partial(done.append, (i, j)) for j in range(5)])

    parallel.run_all([partial(outer, i) for i in range(5)])
    assert sorted(done) == [(i, j) for i in range(5) for j in range(5)]


def test_eight_threads_at_once():
    totals = [0] * 8

    def user(k):
        for _ in range(100):
            parts = [0] * 4
            parallel.run_all([partial(parts.__setitem__, i, k) for i in range(4)])
            totals[k] += sum(parts)

    threads = [threading.Thread(target=user, args=(k,)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert totals == [400 * k for k in range(8)]


def test_threads_that_change_their_number_meanwhile():
    stop = threading.Event()

    def change():
        while not stop.is_set():
            for count in (1, 2, 3):
                parallel.set_num_threads(count)

    other = threading.Thread(target=change)
    other.start()
    done = []
    for i in range(300):
        parallel.run_all([partial(done.append, i)] * 3)
    stop.set()
    other.join()
    assert sorted(done) == sorted([*range(300)] * 3)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_child_process_has_threads_of_its_own():
    parallel.run_all(meeting(3))
    child = os.fork()
    if child == 0:
        try:
            parallel.run_all(meeting(3))
            os._exit(7)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    parallel.run_all(meeting(3))


# How many ----------------------------------------------------------------------------


def test_the_environment_sets_the_number(monkeypatch):
    monkeypatch.setenv("MINIKERAS_NUM_THREADS", " 6 ")
    parallel.set_num_threads(None)
    assert parallel.num_threads() == 6
    monkeypatch.setenv("MINIKERAS_NUM_THREADS", "2")
    assert parallel.num_threads() == 6  # read once


@pytest.mark.parametrize("cpus, threads", [(1, 1), (2, 2), (64, 4)])
def test_else_the_processors_do(monkeypatch, cpus, threads):
    monkeypatch.setenv("MINIKERAS_NUM_THREADS", "")
    monkeypatch.setattr(parallel, "_usable_cpus", lambda: cpus)
    parallel.set_num_threads(None)
    assert parallel.num_threads() == threads


@pytest.mark.parametrize("text", ["two", "0", "-1", "1.5"])
def test_a_bad_environment_teaches(monkeypatch, text):
    monkeypatch.setenv("MINIKERAS_NUM_THREADS", text)
    parallel.set_num_threads(None)
    message = (
        rf"^environment: MINIKERAS_NUM_THREADS must be a positive int, got '{text}' "
        r"\(str\)\. Try MINIKERAS_NUM_THREADS=1\.$"
    )
    with pytest.raises(ValueError, match=message):
        parallel.num_threads()


def test_a_bad_number_teaches():
    message = r"^set_num_threads: threads must be a positive int, got 0 \(int\)"
    with pytest.raises(ValueError, match=message):
        parallel.set_num_threads(0)


# Large products ----------------------------------------------------------------------

SHAPES = {
    "tall": ((65, 33), (33, 17)),
    "wide": ((17, 33), (33, 65)),
    "thin": ((1, 33), (33, 1)),
    "stack": ((5, 3, 7, 4), (5, 3, 4, 6)),
    "flattened": ((5, 3, 8), (8, 6)),
    "broadcast": ((5, 3, 7, 4), (3, 4, 6)),
}


def operands(name, turned=""):
    rng = np.random.default_rng(0)
    pair = [rng.normal(size=shape).astype("float32") for shape in SHAPES[name]]
    return [
        np.ascontiguousarray(np.swapaxes(x, -1, -2)).swapaxes(-1, -2) if i else x
        for x, i in zip(pair, (turned == "first", turned == "second"), strict=True)
    ]


@pytest.fixture
def all_large(monkeypatch):
    monkeypatch.setattr(products, "LARGE", 1)


@pytest.mark.parametrize("turned", ["", "first", "second"])
@pytest.mark.parametrize("name", SHAPES)
def test_halves_make_the_product(all_large, name, turned):
    a, b = operands(name, turned)
    wanted = a.astype("float64") @ b
    results = []
    for threads in (1, 2, 3):
        parallel.set_num_threads(threads)
        out = np.full(wanted.shape, np.nan, "float32")
        assert ops.matmul.kernel(a, b, out=out) is out
        fresh = ops.matmul.kernel(a, b)
        assert fresh.dtype == np.float32
        results += [out.tobytes(), fresh.tobytes()]
        np.testing.assert_allclose(out, wanted, rtol=1e-4, atol=1e-5)
    assert len(set(results)) == 1


def test_affine_and_integers_share_too(all_large):
    x, w = operands("tall")
    wanted = x.astype("float64") @ w + 1
    y = products.affine.kernel(x, w, np.ones(17, "float32"))
    np.testing.assert_allclose(y, wanted, rtol=1e-4, atol=1e-5)
    n = np.arange(12, dtype="int32").reshape(3, 4)
    assert ops.matmul.kernel(n, n.T).tolist() == (n @ n.T).tolist()


def test_only_large_products_are_shared(monkeypatch):
    shared = []

    def note(a, b, out=None):
        shared.append((a.shape, b.shape))
        return np.matmul(a, b, out=out)

    monkeypatch.setattr(products, "parallel_matmul", note)
    for rows in (255, 256):
        x = np.ones((rows, 256), "float32")
        ops.matmul(x, np.ones((256, 256), "float32"))
    assert shared == [((256, 256), (256, 256))]


def test_blas_has_one_thread_in_shared_products(all_large, monkeypatch):
    inside = []

    def note(jobs):
        inside.append(blas.num_threads())
        for job in jobs:
            job()

    monkeypatch.setattr(parallel, "run_all", note)
    ops.matmul.kernel(*operands("tall"))
    assert inside[0] in (1, None)
