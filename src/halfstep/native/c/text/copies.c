/* Signatures by which texts said again are found; see copies.py, its twin, for what they are. */

#include "buffers.h"

#include <stdlib.h>

#if defined(__x86_64__) && defined(__GNUC__)
#define WIDE __attribute__((target("avx2")))
#endif

#define LANES 32
#define GRAM 4
#define NAME 30 /* characters of "@somebody" at most */

typedef struct {
    const uint32_t *toggle, *factor;  /* of each permutation, a multiple of LANES */
    int64_t K, rows, bands, shortest;
} Plan;

static inline uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
    x = (x ^ x >> 27) * 0x94D049BB133111EBu;
    return x ^ x >> 31;
}

static inline int follows(uint8_t c) { return (c & 0xC0) == 0x80; }

/* The character at p and its length; length 1 and code 0 for a byte at which none begins. */
static inline int character(const uint8_t *p, const uint8_t *end, uint32_t *code)
{
    const Py_ssize_t left = end - p;
    const uint32_t c = *p;
    *code = 0;
    if (c < 0x80) return *code = c, 1;
    if (c >= 0xC2 && c < 0xE0 && left >= 2 && follows(p[1])) return *code = (c & 0x1F) << 6 | (p[1] & 0x3F), 2;
    if (c >= 0xE0 && c < 0xF0 && left >= 3 && follows(p[1]) && follows(p[2]))
        return *code = (c & 0x0F) << 12 | (uint32_t)(p[1] & 0x3F) << 6 | (p[2] & 0x3F), 3;
    if (c >= 0xF0 && c < 0xF5 && left >= 4 && follows(p[1]) && follows(p[2]) && follows(p[3]))
        return *code = (c & 0x07) << 18 | (uint32_t)(p[1] & 0x3F) << 12 | (uint32_t)(p[2] & 0x3F) << 6 | (p[3] & 0x3F), 4;
    return 1;
}

static inline uint32_t fold(uint32_t c)
{
    if (c >= 0xFF01 && c <= 0xFF5E) c -= 0xFEE0;
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

/* Letters, digits and signs that write words; not white space, punctuation, symbols, pictures. */
static inline int counts(uint32_t c)
{
    if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (c < 0xC0) return c == 0xAA || c == 0xB5 || c == 0xBA;
    if (c < 0x2000) return c != 0xD7 && c != 0xF7 && c != 0x1680;
    if (c < 0x2C00) return c >= 0x2100 && c < 0x2190;
    if (c < 0x3040) return !(c >= 0x2E00 && c < 0x2E80) && (c < 0x3000 || (c >= 0x3005 && c <= 0x3007));
    if (c < 0xFE00) return !(c >= 0xD800 && c < 0xF900);
    if (c < 0xFE70) return 0;
    if (c < 0x1F000) return !(c >= 0xFF5F && c <= 0xFF65) && !(c >= 0xFFE0 && c <= 0xFFFF) && c != 0xFEFF;
    return c >= 0x20000 && c < 0xE0000;
}

static const uint8_t *look(const uint8_t *p, const uint8_t *end, const char *word)
{
    uint32_t c;
    for (; *word; word++) {
        if (p >= end) return NULL;
        p += character(p, end, &c);
        if (fold(c) != (uint8_t)*word) return NULL;
    }
    return p;
}

/* Write the characters that count and return how many. */
static int64_t reduce(const uint8_t *p, const uint8_t *end, uint32_t *out)
{
    int64_t made = 0;
    int address = 0, left = 0;
    uint32_t c;
    for (int size; p < end; p += size) {
        size = character(p, end, &c);
        c = fold(c);
        if (c == 'h') {
            const uint8_t *rest = look(p, end, "http");
            if (rest && (look(rest, end, "://") || look(rest, end, "s://"))) address = 1;
        }
        if (c <= ' ' || c > '~') address = 0;
        const int letter = counts(c);
        if (c == '@') left = NAME;
        else if (left && (letter || c == '_' || c == '-')) {
            left--;
            continue;
        } else left = 0;
        if (letter && !address) out[made++] = c;
    }
    return made;
}

typedef void Least(const Plan *plan, const uint32_t *x, int64_t n, uint32_t *low);

#define BODY                                                                     \
    for (int64_t k = 0; k < plan->K; k += LANES) {                               \
        uint32_t best[LANES];                                                    \
        for (int j = 0; j < LANES; j++) best[j] = UINT32_MAX;                    \
        for (int64_t i = 0; i < n; i++)                                          \
            for (int j = 0; j < LANES; j++) {                                    \
                const uint32_t h = (x[i] ^ plan->toggle[k + j]) * plan->factor[k + j]; \
                best[j] = h < best[j] ? h : best[j];                             \
            }                                                                    \
        memcpy(low + k, best, sizeof best);                                      \
    }

static void least(const Plan *plan, const uint32_t *x, int64_t n, uint32_t *low) { BODY }
#ifdef WIDE
WIDE static void least_wide(const Plan *plan, const uint32_t *x, int64_t n, uint32_t *low) { BODY }
#endif

static void sign(const Plan *plan, Least *of, uint32_t *c, int64_t m, uint32_t *low, uint64_t *exact, uint8_t *sketch,
                 uint64_t *band)
{
    memset(sketch, 0, (size_t)plan->K);
    memset(band, 0, (size_t)plan->bands * 8);
    *exact = 0;
    if (m < plan->shortest || !m) return;
    uint64_t sum = 0;
    for (int64_t i = 0; i < m; i++) sum += mix(c[i] + 0x9E3779B97F4A7C15u * (uint64_t)(i + 1));
    sum = mix(sum + (uint64_t)m);
    *exact = sum ? sum : 1;
    const int64_t n = m - GRAM + 1;
    if (n < 1 || !plan->bands) return;
    for (int64_t i = 0; i < n; i++) {
        const uint64_t front = (uint64_t)c[i] << 32 | c[i + 1], back = (uint64_t)c[i + 2] << 32 | c[i + 3];
        c[i] = (uint32_t)(mix(front * 0x9E3779B97F4A7C15u + back) >> 32);
    }
    of(plan, c, n, low);
    for (int64_t k = 0; k < plan->K; k++) sketch[k] = (uint8_t)(((low[k] ^ low[k] >> 15) * 0x9E3779B1u) >> 24);
    for (int64_t b = 0; b < plan->bands; b++) {
        uint64_t key = (uint64_t)(b + 1);
        for (int64_t k = b * plan->rows; k < (b + 1) * plan->rows; k++) key = mix(key * 0x9E3779B97F4A7C15u + low[k]);
        band[b] = key ? key : 1;
    }
}

static int take_plan(Held *held, PyObject *const from[2], Plan *plan)
{
    plan->toggle = take(held, from[0], "toggle", 4, -1, 0);
    if (!plan->toggle) return 0;
    plan->K = length(held);
    if (!(plan->factor = take(held, from[1], "factor", 4, plan->K, 0))) return 0;
    if (plan->K % LANES || plan->rows < 0 || plan->bands < 0 || plan->rows > plan->K || plan->bands > plan->K ||
        plan->rows * plan->bands > plan->K) {
        PyErr_Format(PyExc_ValueError, "plan: expected bands of rows within the permutations, a multiple of %d", LANES);
        return 0;
    }
    return 1;
}

static PyObject *py_signatures(PyObject *self, PyObject *args)
{
    Held held = {.count = 0};
    PyObject *x_from[3], *p_from[2], *e, *s, *b;
    Texts x;
    Plan plan;
    long long rows, bands, shortest;
    int failed = 0;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOOOOLLLOOO:signatures", &x_from[0], &x_from[1], &x_from[2], &p_from[0], &p_from[1], &rows,
                          &bands, &shortest, &e, &s, &b))
        return NULL;
    plan.rows = rows, plan.bands = bands, plan.shortest = shortest;
    if (take_texts(&held, x_from, &x) && take_plan(&held, p_from, &plan)) {
        uint64_t *exact = take(&held, e, "exact", 8, x.n, 1), *band = take(&held, b, "bands", 8, x.n * plan.bands, 1);
        uint8_t *sketch = take(&held, s, "sketch", 1, x.n * plan.K, 1);
        int64_t longest = 0;
        for (int64_t i = 0; i < x.n; i++)
            if (x.end[i] - x.begin[i] > longest) longest = x.end[i] - x.begin[i];
        uint32_t *c = malloc(((size_t)longest + 1) * sizeof *c), *low = malloc(((size_t)plan.K + 1) * sizeof *low);
        failed = !c || !low;
        if (!failed && !PyErr_Occurred()) {
            Least *of = least;
#ifdef WIDE
            __builtin_cpu_init();
            if (__builtin_cpu_supports("avx2")) of = least_wide;
#endif
            Py_BEGIN_ALLOW_THREADS
            for (int64_t i = 0; i < x.n; i++) {
                const int64_t m = reduce(x.data + x.begin[i], x.data + x.end[i], c);
                sign(&plan, of, c, m, low, &exact[i], &sketch[i * plan.K], &band[i * plan.bands]);
            }
            Py_END_ALLOW_THREADS
        }
        free(c);
        free(low);
    }
    release(&held);
    if (PyErr_Occurred()) return NULL;
    if (failed) return PyErr_NoMemory();
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"signatures", py_signatures, METH_VARARGS, "Signatures of texts."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_copies", "Texts said again.", -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__copies(void) { return PyModule_Create(&definition); }
