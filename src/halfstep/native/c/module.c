/* The Python module: checks every buffer and index, lets go of the interpreter, calls the body of a level. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <string.h>

#include "kernel.h"
#include "levels.h"

extern const Kernel kernel_baseline, kernel_avx2, kernel_avx512;

static const Kernel *levels[3];
static int level_count;

static void find_levels(void)
{
    level_count = 0;
#ifdef HAS_LEVELS
    __builtin_cpu_init();
    const int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#ifdef HALFSTEP_AVX512_AS_AVX2
    const int avx512 = avx2;
#else
    const int avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                       __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
#endif
    if (avx512) levels[level_count++] = &kernel_avx512;
    if (avx2) levels[level_count++] = &kernel_avx2;
#endif
    levels[level_count++] = &kernel_baseline;
}

/* Buffers taken during one call. */
typedef struct {
    Py_buffer view[24];
    int count;
} Held;

static void let_go(Held *held)
{
    while (held->count) PyBuffer_Release(&held->view[--held->count]);
}

/* The data of a C-contiguous array of 'd' doubles, 'l' 64-bit integers or '?' truths; NULL with ValueError.
   `rows` and `columns` are what is expected, -1 for any; columns 0 means one dimension. */
static void *take(Held *held, PyObject *from, const char *name, char kind, Py_ssize_t rows, Py_ssize_t columns, int writable)
{
    Py_buffer *view = &held->view[held->count];
    if (PyErr_Occurred()) return NULL;
    if (PyObject_GetBuffer(from, view, PyBUF_C_CONTIGUOUS | PyBUF_FORMAT | (writable ? PyBUF_WRITABLE : 0))) {
        PyErr_Format(PyExc_ValueError, "%s: expected a C-contiguous%s array", name, writable ? ", writable" : "");
        return NULL;
    }
    held->count++;
    const char *format = view->format ? view->format : "B";
    if (*format == '@' || *format == '=') format++;
    const int fits = kind == 'd'   ? !strcmp(format, "d")
                     : kind == 'l' ? (!strcmp(format, "l") || !strcmp(format, "q")) && view->itemsize == 8
                                   : !strcmp(format, "?");
    if (!fits) {
        PyErr_Format(PyExc_ValueError, "%s: expected elements '%c' of 8 bytes (or '?'), not '%s'", name, kind, format);
        return NULL;
    }
    const int dimensions = columns == 0 ? 1 : 2;
    if (view->ndim != dimensions || (rows >= 0 && view->shape[0] != rows) ||
        (columns > 0 && view->shape[1] != columns)) {
        PyErr_Format(PyExc_ValueError, "%s: expected %d dimension(s) of %zd x %zd (-1: any), not %d of %zd", name, dimensions,
                     rows, columns, view->ndim, view->ndim ? view->shape[0] : 0);
        return NULL;
    }
    return view->len || view->buf ? view->buf : (void *)"";
}

static Py_ssize_t extent(const Held *held, int dimension) { return held->view[held->count - 1].shape[dimension]; }

/* Whether offsets ascend from zero to the end. */
static int ascend(const int64_t *at, Py_ssize_t n, const char *name)
{
    if (at[0] != 0) {
        PyErr_Format(PyExc_ValueError, "%s: expected offsets that start at zero", name);
        return 0;
    }
    for (Py_ssize_t i = 1; i < n; i++)
        if (at[i] < at[i - 1]) {
            PyErr_Format(PyExc_ValueError, "%s: expected ascending offsets, not those at %zd", name, i);
            return 0;
        }
    return 1;
}

typedef struct {
    int level;
    long long first, last;
    PyObject *row, *buyer, *w, *X, *B;
} Given;

static int take_problem(Held *held, const Given *given, Problem *p)
{
    memset(p, 0, sizeof *p);
    if (given->level < 0 || given->level >= level_count) {
        PyErr_Format(PyExc_ValueError, "level: expected 0 to %d, not %d", level_count - 1, given->level);
        return 0;
    }
    if (!(p->row = take(held, given->row, "row", 'l', -1, 0, 0))) return 0;
    const Py_ssize_t n = extent(held, 0);
    if (n < 1 || given->first < 0 || given->first > given->last || given->last > n - 1) {
        PyErr_Format(PyExc_ValueError, "first, last: expected a range of the %zd markets, not %lld, %lld", n - 1, given->first,
                     given->last);
        return 0;
    }
    if (!(p->buyer = take(held, given->buyer, "buyer", 'l', n, 0, 0))) return 0;
    if (!ascend(p->row, n, "row") || !ascend(p->buyer, n, "buyer")) return 0;
    p->first = given->first;
    p->last = given->last;
    p->N = p->row[n - 1];
    p->A = p->buyer[n - 1];
    p->w = take(held, given->w, "w", 'd', p->A, 0, 0);
    if (!(p->X = take(held, given->X, "X", 'd', p->N, -1, 0))) return 0;
    p->K = extent(held, 1);
    p->B = p->K ? take(held, given->B, "B", 'd', p->K, p->A ? p->A : -1, 0) : p->X;
    return p->B != NULL;
}

/* Parameters' rows: dB[column[p]] / dtheta_p. */
static int take_parameters(Held *held, PyObject *G, PyObject *column, Problem *p)
{
    if (!(p->column = take(held, column, "column", 'l', -1, 0, 0))) return 0;
    p->P = extent(held, 0);
    for (int64_t i = 0; i < p->P; i++)
        if (p->column[i] < 0 || p->column[i] >= p->K) {
            PyErr_Format(PyExc_ValueError, "column: expected columns of X, 0 to %lld, not %lld", (long long)p->K - 1,
                         (long long)p->column[i]);
            return 0;
        }
    p->G = take(held, G, "G", 'd', p->P, p->A ? p->A : -1, 0);
    return p->G != NULL;
}

/* The flat length of all markets' squares, or -1. */
static Py_ssize_t squares(const Problem *p, Py_ssize_t markets)
{
    int64_t total = 0;
    for (Py_ssize_t t = 0; t < markets; t++) {
        int64_t J = p->row[t + 1] - p->row[t];
        if (J > INT32_MAX || total > (INT64_MAX >> 1) - J * J) {
            PyErr_SetString(PyExc_ValueError, "row: a market has more rows than can be squared");
            return -1;
        }
        total += J * J;
    }
    return total;
}

static PyObject *end(Held *held, int short_of_memory)
{
    let_go(held);
    if (PyErr_Occurred()) return NULL;
    if (short_of_memory) return PyErr_NoMemory();
    Py_RETURN_NONE;
}

static PyObject *py_invert(PyObject *self, PyObject *args)
{
    Given g;
    Problem p;
    Held held = {.count = 0};
    PyObject *G, *column, *log_s, *start, *factor, *delta, *D, *L, *residual, *evaluations, *converged;
    double tolerance;
    long long limit;
    int failed = 0;
    (void)self;
    if (!PyArg_ParseTuple(args, "iLLOOOOOOOOOOdLOOOOOO:invert", &g.level, &g.first, &g.last, &g.row, &g.buyer, &g.w, &g.X, &g.B,
                          &G, &column, &log_s, &start, &factor, &tolerance, &limit, &delta, &D, &L, &residual, &evaluations,
                          &converged))
        return NULL;
    if (!take_problem(&held, &g, &p)) return end(&held, 0);
    const Py_ssize_t markets = extent(&(Held){.view = {held.view[0]}, .count = 1}, 0) - 1, flat = squares(&p, markets);
    if (flat < 0 || !take_parameters(&held, G, column, &p)) return end(&held, 0);
    Inverting in = {.tolerance = tolerance, .limit = limit};
    in.log_s = take(&held, log_s, "log_s", 'd', p.N, 0, 0);
    in.start = take(&held, start, "delta", 'd', p.N, 0, 0);
    in.factor = factor == Py_None ? NULL : take(&held, factor, "factor", 'd', flat, 0, 0);
    in.delta = take(&held, delta, "out delta", 'd', p.N, 0, 1);
    in.D = take(&held, D, "out D", 'd', p.N, p.P ? p.P : -1, 1);
    in.L = take(&held, L, "out factor", 'd', flat, 0, 1);
    in.residual = take(&held, residual, "out residual", 'd', markets, 0, 1);
    in.evaluations = take(&held, evaluations, "out evaluations", 'l', markets, 0, 1);
    in.converged = take(&held, converged, "out converged", '?', markets, 0, 1);
    if (!PyErr_Occurred()) {
        Py_BEGIN_ALLOW_THREADS
        failed = levels[g.level]->invert(&p, &in);
        Py_END_ALLOW_THREADS
    }
    return end(&held, failed);
}

static PyObject *py_markups(PyObject *self, PyObject *args)
{
    Given g;
    Problem p;
    Held held = {.count = 0};
    PyObject *G, *column, *delta, *D, *alpha, *alpha_theta, *firm, *eta, *E;
    int failed = 0;
    (void)self;
    if (!PyArg_ParseTuple(args, "iLLOOOOOOOOOOOOOO:markups", &g.level, &g.first, &g.last, &g.row, &g.buyer, &g.w, &g.X, &g.B, &G,
                          &column, &delta, &D, &alpha, &alpha_theta, &firm, &eta, &E))
        return NULL;
    if (!take_problem(&held, &g, &p) || !take_parameters(&held, G, column, &p)) return end(&held, 0);
    Pricing in;
    in.delta = take(&held, delta, "delta", 'd', p.N, 0, 0);
    in.D = take(&held, D, "D", 'd', p.N, p.P ? p.P : -1, 0);
    in.alpha = take(&held, alpha, "alpha", 'd', p.A, 0, 0);
    in.alpha_theta = take(&held, alpha_theta, "alpha_theta", 'd', p.P, p.A ? p.A : -1, 0);
    in.firm = take(&held, firm, "firm", 'l', p.N, 0, 0);
    in.eta = take(&held, eta, "out eta", 'd', p.N, 0, 1);
    in.E = take(&held, E, "out E", 'd', p.N, p.P ? p.P : -1, 1);
    if (!PyErr_Occurred()) {
        Py_BEGIN_ALLOW_THREADS
        failed = levels[g.level]->markups(&p, &in);
        Py_END_ALLOW_THREADS
    }
    return end(&held, failed);
}

static PyObject *py_shares(PyObject *self, PyObject *args)
{
    Given g;
    Problem p;
    Held held = {.count = 0};
    PyObject *delta, *s;
    int failed = 0;
    (void)self;
    if (!PyArg_ParseTuple(args, "iLLOOOOOOO:shares", &g.level, &g.first, &g.last, &g.row, &g.buyer, &g.w, &g.X, &g.B, &delta, &s))
        return NULL;
    if (!take_problem(&held, &g, &p)) return end(&held, 0);
    const double *at = take(&held, delta, "delta", 'd', p.N, 0, 0);
    double *out = take(&held, s, "out s", 'd', p.N, 0, 1);
    if (!PyErr_Occurred()) {
        Py_BEGIN_ALLOW_THREADS
        failed = levels[g.level]->shares(&p, at, out);
        Py_END_ALLOW_THREADS
    }
    return end(&held, failed);
}

static PyObject *py_clear(PyObject *self, PyObject *args)
{
    Given g;
    Problem p;
    Held held = {.count = 0};
    PyObject *base, *alpha, *mc, *firm, *frozen, *tax, *unit, *rate, *cap, *start, *price, *s, *gradient, *iterations, *status;
    double tolerance;
    long long limit;
    int failed = 0;
    (void)self;
    if (!PyArg_ParseTuple(args, "iLLOOOOOOOOOOOOOOOdLOOOOO:clear", &g.level, &g.first, &g.last, &g.row, &g.buyer, &g.w, &g.X, &g.B,
                          &base, &alpha, &mc, &firm, &frozen, &tax, &unit, &rate, &cap, &start, &tolerance, &limit, &price, &s,
                          &gradient, &iterations, &status))
        return NULL;
    if (!take_problem(&held, &g, &p)) return end(&held, 0);
    const Py_ssize_t markets = held.view[0].shape[0] - 1;
    Clearing in = {.tolerance = tolerance, .limit = limit};
    in.base = take(&held, base, "base", 'd', p.N, 0, 0);
    in.alpha = take(&held, alpha, "alpha", 'd', p.A, 0, 0);
    in.mc = take(&held, mc, "mc", 'd', p.N, 0, 0);
    in.firm = take(&held, firm, "firm", 'l', p.N, 0, 0);
    in.frozen = take(&held, frozen, "frozen", '?', p.N, 0, 0);
    in.tax = take(&held, tax, "tax", 'd', p.N, 0, 0);
    in.unit = take(&held, unit, "unit", 'd', p.N, 0, 0);
    in.rate = take(&held, rate, "rate", 'd', p.N, 0, 0);
    in.cap = take(&held, cap, "cap", 'd', p.N, 0, 0);
    in.start = take(&held, start, "start", 'd', p.N, 0, 0);
    in.p = take(&held, price, "out p", 'd', p.N, 0, 1);
    in.s = take(&held, s, "out s", 'd', p.N, 0, 1);
    in.gradient = take(&held, gradient, "out gradient", 'd', markets, 0, 1);
    in.iterations = take(&held, iterations, "out iterations", 'l', markets, 0, 1);
    in.status = take(&held, status, "out status", 'l', markets, 0, 1);
    if (!PyErr_Occurred()) {
        Py_BEGIN_ALLOW_THREADS
        failed = levels[g.level]->clear(&p, &in);
        Py_END_ALLOW_THREADS
    }
    return end(&held, failed);
}

/* What `panel` is given, checked. */
static int take_panel(Held *held, int level, PyObject *const from[11], Simulating *in)
{
    if (level < 0 || level >= level_count) {
        PyErr_Format(PyExc_ValueError, "level: expected 0 to %d, not %d", level_count - 1, level);
        return 0;
    }
    if (!(in->row = take(held, from[0], "row", 'l', -1, 0, 0))) return 0;
    const Py_ssize_t tasks = extent(held, 0) - 1;
    if (!(in->task = take(held, from[1], "task", 'l', -1, 0, 0))) return 0;
    const Py_ssize_t people = extent(held, 0) - 1;
    if (tasks < 0 || people < 0 || in->first < 0 || in->first > in->last || in->last > people) {
        PyErr_Format(PyExc_ValueError, "first, last: expected a range of the %zd people, not %lld, %lld", people,
                     (long long)in->first, (long long)in->last);
        return 0;
    }
    if (!ascend(in->row, tasks + 1, "row") || !ascend(in->task, people + 1, "task")) return 0;
    if (in->task[people] != tasks) {
        PyErr_Format(PyExc_ValueError, "task: expected offsets up to the %zd tasks, not %lld", tasks, (long long)in->task[people]);
        return 0;
    }
    if (!(in->D = take(held, from[2], "D", 'd', in->row[tasks], -1, 0))) return 0;
    const Py_ssize_t K = in->K = extent(held, 1);
    in->b = take(held, from[3], "b", 'd', K, 0, 0);
    if (!(in->L = take(held, from[4], "L", 'd', K, -1, 0))) return 0;
    const Py_ssize_t Q = in->Q = extent(held, 1);
    in->sign = take(held, from[5], "sign", 'd', K, 0, 0);
    if (!(in->kind = take(held, from[6], "kind", 'l', K, 0, 0))) return 0;
    for (Py_ssize_t k = 0; k < K; k++)
        if (in->kind[k] < 0 || in->kind[k] > 2) {
            PyErr_Format(PyExc_ValueError, "kind: expected 0 to 2, not %lld", (long long)in->kind[k]);
            return 0;
        }
    Py_ssize_t cells, points;
    if (in->scale < -1 || in->scale >= K || in->R < 1 || __builtin_mul_overflow(people, K, &cells) ||
        __builtin_mul_overflow(cells, Q, &cells) || __builtin_mul_overflow(people, (Py_ssize_t)in->R, &points) ||
        __builtin_mul_overflow(points, Q, &points)) {
        PyErr_Format(PyExc_ValueError, "scale, R: expected -1 or a column of %zd, and draws, not %lld and %lld", K,
                     (long long)in->scale, (long long)in->R);
        return 0;
    }
    in->Z = take(held, from[7], "Z", 'd', points, 0, 0);
    in->loglik = take(held, from[8], "out loglik", 'd', people, 0, 1);
    in->location = take(held, from[9], "out location", 'd', people * K, 0, 1);
    in->spread = take(held, from[10], "out spread", 'd', cells, 0, 1);
    return !PyErr_Occurred();
}

static PyObject *py_panel(PyObject *self, PyObject *args)
{
    Held held = {.count = 0};
    PyObject *from[11];
    int level, failed = 0;
    long long first, last, R, scale;
    (void)self;
    if (!PyArg_ParseTuple(args, "iLLLLOOOOOOOOOOO:panel", &level, &first, &last, &R, &scale, &from[0], &from[1], &from[2],
                          &from[3], &from[4], &from[5], &from[6], &from[7], &from[8], &from[9], &from[10]))
        return NULL;
    Simulating in = {.first = first, .last = last, .R = R, .scale = scale};
    if (take_panel(&held, level, from, &in)) {
        Py_BEGIN_ALLOW_THREADS
        failed = levels[level]->panel(&in);
        Py_END_ALLOW_THREADS
    }
    return end(&held, failed);
}

/* What `cascade` is given, checked; an output that is None is not asked for. */
static int take_cascade(Held *held, int level, PyObject *const from[17], Cascading *in)
{
    if (level < 0 || level >= level_count) {
        PyErr_Format(PyExc_ValueError, "level: expected 0 to %d, not %d", level_count - 1, level);
        return 0;
    }
    if (!(in->time = take(held, from[0], "time", 'd', -1, 0, 0))) return 0;
    const Py_ssize_t n = extent(held, 0);
    in->kind = take(held, from[1], "kind", 'l', n, 0, 0);
    if (!(in->row = take(held, from[2], "row", 'l', -1, 0, 0))) return 0;
    const Py_ssize_t C = extent(held, 0) - 1;
    in->until = take(held, from[3], "until", 'd', C, 0, 0);
    if (!(in->cut = take(held, from[4], "cut", 'd', -1, 0, 0))) return 0;
    const Py_ssize_t Q = extent(held, 0);
    if (!(in->cut_row = take(held, from[5], "cut_row", 'l', C + 1, 0, 0))) return 0;
    if (C < 0 || in->first < 0 || in->first > in->last || in->last > C) {
        PyErr_Format(PyExc_ValueError, "first, last: expected a range of the %zd cascades, not %lld, %lld", C, (long long)in->first,
                     (long long)in->last);
        return 0;
    }
    if (!ascend(in->row, C + 1, "row") || !ascend(in->cut_row, C + 1, "cut_row")) return 0;
    for (Py_ssize_t c = 0; c < C; c++)
        if (in->cut_row[c] == in->cut_row[c + 1]) {
            PyErr_Format(PyExc_ValueError, "cut_row: expected a segment of every cascade, none of %zd", c);
            return 0;
        }
    if (in->row[C] != n || in->cut_row[C] != Q) {
        PyErr_Format(PyExc_ValueError, "row, cut_row: expected offsets up to %zd and %zd", n, Q);
        return 0;
    }
    for (Py_ssize_t i = 0; i < n; i++)
        if (in->kind[i] < 0 || in->kind[i] >= in->K) {
            PyErr_Format(PyExc_ValueError, "kind: expected 0 to %lld, not %lld", (long long)in->K - 1, (long long)in->kind[i]);
            return 0;
        }
    if (!(in->decay = take(held, from[6], "decay", 'd', -1, 0, 0))) return 0;
    const Py_ssize_t M = in->M = extent(held, 0);
    Py_ssize_t P, cells, squares;
    if (in->K < 1 || in->D < 1 || in->D > in->K || M < 1 || __builtin_mul_overflow((Py_ssize_t)in->K, M, &P) ||
        __builtin_add_overflow(P, 1, &P) || __builtin_mul_overflow((Py_ssize_t)in->D, P, &cells) ||
        __builtin_mul_overflow(cells, C + 1, &cells) || __builtin_mul_overflow(cells, P, &squares)) {
        PyErr_Format(PyExc_ValueError, "K, D, decay: expected kinds, 1 to K of them counted, and decays, not %lld, %lld and %zd",
                     (long long)in->K, (long long)in->D, M);
        return 0;
    }
    cells = C * (Py_ssize_t)in->D;
    in->weight = take(held, from[7], "weight", 'd', cells * P, 0, 0);
    in->factor = take(held, from[8], "factor", 'd', Q, 0, 0);
    const char *names[8] = {"out loglik", "out score", "out curvature", "out slope", "out integral", "out integral_slope",
                            "out intensity", "out step"};
    const Py_ssize_t rows[8] = {C, cells * P, cells * P * P, C * M, Q * P, Q * (P - 1), n, n * (Py_ssize_t)in->D};
    double **out[8] = {&in->loglik, &in->score, &in->curvature, &in->slope, &in->integral, &in->integral_slope, &in->intensity,
                       &in->step};
    for (int o = 0; o < 8; o++)
        if (from[9 + o] != Py_None) *out[o] = take(held, from[9 + o], names[o], 'd', rows[o], 0, 1);
    if (!in->score) in->curvature = in->slope = NULL;
    return !PyErr_Occurred();
}

static PyObject *py_cascade(PyObject *self, PyObject *args)
{
    Held held = {.count = 0};
    PyObject *from[17];
    int level, failed = 0;
    long long first, last, K, D;
    (void)self;
    if (!PyArg_ParseTuple(args, "iLLLLOOOOOOOOOOOOOOOOO:cascade", &level, &first, &last, &K, &D, &from[0], &from[1], &from[2],
                          &from[3], &from[4], &from[5], &from[6], &from[7], &from[8], &from[9], &from[10], &from[11], &from[12],
                          &from[13], &from[14], &from[15], &from[16]))
        return NULL;
    Cascading in = {.first = first, .last = last, .K = K, .D = D};
    if (take_cascade(&held, level, from, &in)) {
        Py_BEGIN_ALLOW_THREADS
        failed = levels[level]->cascade(&in);
        Py_END_ALLOW_THREADS
    }
    return end(&held, failed);
}

/* exp or log of an array, for the tests of their last digits. */
static PyObject *elementwise(PyObject *args, int logarithm)
{
    Held held = {.count = 0};
    int level;
    PyObject *x, *y;
    if (!PyArg_ParseTuple(args, "iOO", &level, &x, &y)) return NULL;
    if (level < 0 || level >= level_count) {
        PyErr_Format(PyExc_ValueError, "level: expected 0 to %d, not %d", level_count - 1, level);
        return NULL;
    }
    const double *from = take(&held, x, "x", 'd', -1, 0, 0);
    if (from) {
        const Py_ssize_t n = extent(&held, 0);
        double *to = take(&held, y, "out y", 'd', n, 0, 1);
        if (to) (logarithm ? levels[level]->log : levels[level]->exp)(from, to, n);
    }
    return end(&held, 0);
}

static PyObject *py_exp(PyObject *self, PyObject *args) { return (void)self, elementwise(args, 0); }
static PyObject *py_log(PyObject *self, PyObject *args) { return (void)self, elementwise(args, 1); }

static PyObject *py_levels(PyObject *self, PyObject *none)
{
    (void)self, (void)none;
    PyObject *names = PyTuple_New(level_count);
    for (int i = 0; names && i < level_count; i++) PyTuple_SET_ITEM(names, i, PyUnicode_FromString(levels[i]->name));
    return names;
}

static PyMethodDef methods[] = {
    {"invert", py_invert, METH_VARARGS, "Mean utilities from shares."},
    {"markups", py_markups, METH_VARARGS, "Markups and their derivatives."},
    {"shares", py_shares, METH_VARARGS, "Shares."},
    {"clear", py_clear, METH_VARARGS, "Prices that clear."},
    {"panel", py_panel, METH_VARARGS, "Simulated likelihoods of people who face several tasks."},
    {"cascade", py_cascade, METH_VARARGS, "Likelihoods of events that bring events."},
    {"exp", py_exp, METH_VARARGS, "Exponentials."},
    {"log", py_log, METH_VARARGS, "Logarithms."},
    {"levels", py_levels, METH_NOARGS, "Names of the instruction sets this machine runs, best first."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_kernel", "Compiled loops.", -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__kernel(void)
{
    find_levels();
    return PyModule_Create(&definition);
}
