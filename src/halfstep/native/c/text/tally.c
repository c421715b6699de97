/* Steps of margins, and sums of them cell by cell: the loops of native/tally.py, which says what is computed. */

#include "buffers.h"

#if defined(__GNUC__) && defined(__x86_64__)
#define WIDE __attribute__((target("avx2")))
#endif

typedef struct {
    const uint8_t *value, *stance;
    const int64_t *post, *own, *cell, *topic, *where;
    int64_t P, H, S, topics;
    int64_t *sum, *square;
} Job;

/* One pair of utterance and what it counts for: its measures first, then what they add. */
#define LOOP                                                                                                  \
    uint8_t m[1024];                                                                                          \
    const int64_t K = j->H + j->topics * j->S;                                                                \
    for (int64_t p = 0; p < j->P; p++) {                                                                      \
        memcpy(m, j->value + j->post[p] * j->H, (size_t)j->H);                                                \
        uint8_t *joint = m + j->H;                                                                            \
        for (int64_t s = 0; s < j->S; s++) m[j->where[s]] = j->own[p] < 0 ? 0 : j->stance[j->own[p] * j->S + s]; \
        for (int64_t t = 0; t < j->topics; t++)                                                               \
            for (int64_t s = 0; s < j->S; s++)                                                                \
                *joint++ = (uint8_t)((m[j->topic[t]] * m[j->where[s]] + 127) / 255);                          \
        int64_t *sum = j->sum + j->cell[p] * K, *square = j->square + j->cell[p] * K;                         \
        for (int64_t k = 0; k < K; k++) sum[k] += m[k];                                                       \
        for (int64_t k = 0; k < K; k++) square[k] += (int32_t)m[k] * m[k];                                    \
    }

static void add(const Job *j) { LOOP }
#ifdef WIDE
WIDE static void add_wide(const Job *j) { LOOP }
#endif

static PyObject *py_tally(PyObject *self, PyObject *args)
{
    Held held = {.count = 0};
    PyObject *v, *s, *post, *own, *cell, *topic, *where, *sum, *square;
    long long n, H, S, pairs, cells;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOOOOOOLLLLLOO:tally", &v, &s, &post, &own, &cell, &topic, &where, &n, &H, &S, &pairs, &cells,
                          &sum, &square))
        return NULL;
    Job j = {.P = 0};
    if (n < 0 || H < 0 || S < 0 || pairs < 0 || cells < 0) PyErr_SetString(PyExc_ValueError, "expected sizes of 0 and more");
    j.H = H, j.S = S;
    j.value = take(&held, v, "value", 1, n * H, 0), j.stance = take(&held, s, "stance", 1, pairs * S, 0);
    j.post = take(&held, post, "post", 8, -1, 0);
    if (j.post) j.P = length(&held);
    j.own = take(&held, own, "own", 8, j.P, 0), j.cell = take(&held, cell, "cell", 8, j.P, 0);
    j.topic = take(&held, topic, "topic", 8, -1, 0);
    if (j.topic) j.topics = length(&held);
    j.where = take(&held, where, "where", 8, S, 0);
    const int64_t K = H + j.topics * S;
    j.sum = take(&held, sum, "sum", 8, cells * K, 1), j.square = take(&held, square, "square", 8, cells * K, 1);
    if (!PyErr_Occurred()) {
        int fits = K <= 1024;
        for (int64_t k = 0; k < j.topics; k++) fits &= j.topic[k] >= 0 && j.topic[k] < H;
        for (int64_t k = 0; k < S; k++) fits &= j.where[k] >= 0 && j.where[k] < H;
        for (int64_t p = 0; p < j.P; p++)
            fits &= j.post[p] >= 0 && j.post[p] < n && j.own[p] < pairs && j.cell[p] >= 0 && j.cell[p] < cells;
        if (!fits) PyErr_SetString(PyExc_ValueError, "expected places within the arrays, and at most 1,024 measures");
    }
    if (!PyErr_Occurred()) {
        void (*of)(const Job *) = add;
#ifdef WIDE
        __builtin_cpu_init();
        if (__builtin_cpu_supports("avx2")) of = add_wide;
#endif
        Py_BEGIN_ALLOW_THREADS
        of(&j);
        Py_END_ALLOW_THREADS
    }
    release(&held);
    if (PyErr_Occurred()) return NULL;
    Py_RETURN_NONE;
}

/* Steps of the margins x of H heads: how many of a head's 255 ascending thresholds are at or below sign * x. */
static void steps(const float *x, const float *sign, const float *threshold, const uint8_t *guess, const float *low,
                  const float *per, int64_t n, int64_t H, uint8_t *out)
{
    for (int64_t i = 0; i < n; i++)
        for (int64_t h = 0; h < H; h++) {
            const float v = x[i * H + h] * sign[h], *t = threshold + h * 255;
            float at = (v - low[h]) * per[h];
            at = at > 0 ? at : 0;
            int k = guess[h * 1024 + (at < 1023 ? (int)at : 1023)];
            while (k < 255 && v >= t[k]) k++;
            while (k > 0 && v < t[k - 1]) k--;
            out[i * H + h] = (uint8_t)k;
        }
}

static PyObject *py_steps(PyObject *self, PyObject *args)
{
    Held held = {.count = 0};
    PyObject *x, *sign, *threshold, *guess, *low, *per, *out;
    long long n, H;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOOOOOLLO:steps", &x, &sign, &threshold, &guess, &low, &per, &n, &H, &out)) return NULL;
    if (n < 0 || H < 0) PyErr_SetString(PyExc_ValueError, "expected sizes of 0 and more");
    const float *v = take(&held, x, "x", 4, n * H, 0), *s = take(&held, sign, "sign", 4, H, 0);
    const float *t = take(&held, threshold, "threshold", 4, H * 255, 0);
    const uint8_t *g = take(&held, guess, "guess", 1, H * 1024, 0);
    const float *lo = take(&held, low, "low", 4, H, 0), *inv = take(&held, per, "per", 4, H, 0);
    uint8_t *to = take(&held, out, "out", 1, n * H, 1);
    if (!PyErr_Occurred()) {
        Py_BEGIN_ALLOW_THREADS
        steps(v, s, t, g, lo, inv, n, H, to);
        Py_END_ALLOW_THREADS
    }
    release(&held);
    if (PyErr_Occurred()) return NULL;
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"steps", py_steps, METH_VARARGS, "Steps of margins."},
    {"tally", py_tally, METH_VARARGS, "Sums and sums of squares, cell by cell."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_tally", "What heads read, added up.", -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__tally(void) { return PyModule_Create(&definition); }
