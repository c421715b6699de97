/* The module halfstep.native._grams: checks what it is given, lets go of the interpreter, calls the loop of a level. */

#include "held.h"

#include <math.h>

#if defined(__x86_64__) && defined(__GNUC__)
#define HAS_LEVELS 1
#include <immintrin.h>
#endif

#define INLINE static inline __attribute__((always_inline, unused))
#define LOCAL static __attribute__((unused))

#if defined(__clang__) || __GNUC__ >= 12
#define SHUFFLE(a, b, vector, ...) ((vector)__builtin_shufflevector(a, b, __VA_ARGS__))
#else
#define SHUFFLE(a, b, vector, ...) __builtin_shuffle(a, b, (vector){__VA_ARGS__})
#endif

enum { BLOCK = 16, CHUNK = 256, BEFORE = 8, SLACK = 64, MOST = 8, FULL = 256 }; /* 256 weights of -128 fit 16 bits */
enum { ROOM = (CHUNK + SLACK) * MOST + SLACK, ROWS = 2 * ROOM }; /* of one chunk's n-grams, of a buffer's */

static const uint32_t MIX = 0x9E3779B1u, STEP = 0x85EBCA77u, LAST = 0xC2B2AE3Du;
static const uint32_t CHARACTERS = 0x27D4EB2Fu, INSIDE = 0x165667B1u, WORDS = 0x2545F491u;

typedef struct {
    const uint8_t *data;
    int64_t size, first, last, heads, wide;
    const int64_t *begin, *end;
    const int8_t *weight;
    const double *scale, *bias;
    float *out;
    int low, high, words, inside_low, inside_high, shift, plain; /* plain: one to three characters, nothing else */
    uint32_t characters[MOST + 1], inside[MOST + 1], word[MOST + 1]; /* SEED STEP^n */
} Scoring;

typedef struct {
    const Scoring *in;
    uint32_t code[BEFORE + CHUNK + SLACK], m[BEFORE + CHUNK + SLACK], rows[2][ROWS];
    uint32_t padded[MOST], past[MOST]; /* what stands for the last characters of a padded word, and for the last words */
    uint32_t h;                        /* the word so far */
    int before, letters, padding, words, used, wait;
    int64_t grams;
    uint32_t *row, *waiting; /* byte offsets of n-grams' rows (of one block): being found; found, yet to be added */
    float *ended;            /* where the margins of a text go whose last rows wait */
    double *total, *scale; /* of in->wide heads, as the next two */
    float *bias;
    int16_t *sum;
} State;

/* The length of the character at p, zero if there is none. */
INLINE int one_character(const uint8_t *p, const uint8_t *end, uint32_t *out)
{
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    uint32_t c = *p;
    if (c < 0x80) return *out = c, 1;
    const int length = c < 0xC2 ? 0 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : c < 0xF5 ? 4 : 0;
    if (!length || end - p < length) return 0;
    c &= 0x7Fu >> length;
    for (int k = 1; k < length; k++) {
        if ((p[k] & 0xC0) != 0x80) return 0;
        c = c << 6 | (p[k] & 0x3Fu);
    }
    if (c < least[length] || c > 0x10FFFF || c >> 11 == 0xD800 >> 11) return 0;
    return *out = c, length;
}

/* White space that few texts hold. */
LOCAL void fold_rarely(uint32_t *code, int len)
{
    for (int k = 0; k < len; k++) {
        const uint32_t c = code[k];
        if (c == 0x85 || c == 0xA0 || c == 0x1680 || c - 0x2000 <= 10 || c - 0x2028 <= 1 || c == 0x202F || c == 0x205F)
            code[k] = 32;
    }
}

LOCAL int without_double_blanks(uint32_t *code, int len)
{
    int left = 0;
    for (int k = 0; k < len; k++) {
        if (code[k] == 32 && code[left - 1] == 32) continue;
        code[left++] = code[k];
    }
    for (int k = left; k < len; k++) code[k] = 0;
    return left;
}

INLINE uint32_t mixed(uint32_t x)
{
    x *= MIX;
    return x ^ x >> 15;
}

/* Whether a folded character belongs to a word. */
INLINE int of_word(uint32_t c)
{
    if (c < 0x80) return c - 0x30 <= 9 || c - 0x61 <= 25;
    if (c < 0x1E00) return c >= 0xC0 && c <= 0x52F && c != 0xD7 && c != 0xF7 && (c < 0x250 || (c >= 0x370 && c != 0x37E && c != 0x387));
    return c <= 0x1EFF || c - 0xAC00 <= 0xD7A3 - 0xAC00;
}

/* Append the rows of the n-grams that end with m, the newest of `there` members at past, oldest first. */
INLINE int ending(uint32_t *past, int *there, uint32_t m, int low, int high, const uint32_t *seeded, int shift, uint32_t *row)
{
    int n = 0;
    memmove(past, past + 1, (MOST - 1) * sizeof *past);
    past[MOST - 1] = m;
    *there += *there < MOST;
    for (int length = low; length <= high && length <= *there; length++) {
        uint32_t h = 0;
        for (int j = MOST - length; j < MOST; j++) h = h * STEP + past[j];
        h += seeded[length];
        row[n++] = ((h ^ h >> 15) * LAST >> shift) * BLOCK;
    }
    return n;
}

INLINE int inside_ending(State *s, uint32_t m, int n)
{
    const Scoring *in = s->in;
    if (!in->inside_high) return n;
    return n + ending(s->padded, &s->padding, m, in->inside_low, in->inside_high, in->inside, in->shift, s->row + n);
}

/* Append the rows of what ends where a word ends. */
LOCAL int word_ends(State *s, int n)
{
    const Scoring *in = s->in;
    if (!s->letters) return n;
    s->letters = 0;
    n = inside_ending(s, mixed(32), n);
    if (!in->words) return n;
    return n + ending(s->past, &s->words, mixed(s->h ^ s->h >> 15), 1, in->words, in->word, in->shift, s->row + n);
}

/* Append the rows of what a character ends, inside words or of words; 24 at most. */
LOCAL int word_character(State *s, uint32_t c, uint32_t m, int n)
{
    if (!of_word(c)) return word_ends(s, n);
    if (!s->letters) {
        s->letters = 1, s->h = WORDS, s->padding = 0;
        n = inside_ending(s, mixed(32), n);
    }
    s->h = s->h * STEP + m;
    return inside_ending(s, m, n);
}

/* Nothing stands before what comes. */
INLINE void begin_run(State *s)
{
    s->before = s->words = s->letters = 0;
    s->code[BEFORE - 1] = 0;
}

LOCAL int end_run(State *s, int n)
{
    n = word_ends(s, n);
    begin_run(s);
    return n;
}

INLINE void flush(State *s)
{
    for (int64_t b = 0; b < s->in->wide; b += BLOCK)
        for (int h = 0; h < BLOCK; h++) s->total[b + h] += s->sum[b + h];
    memset(s->sum, 0, (size_t)s->in->wide * sizeof *s->sum);
    s->used = 0;
}

/* scale sum / sqrt(n) + bias; rounded to float before the bias is added, so that no compiler can contract the two. */
INLINE void margins(State *s)
{
    const Scoring *in = s->in;
    const double each = 1 / sqrt((double)(s->grams ? s->grams : 1));
    for (int64_t b = 0; b < in->wide; b += BLOCK) {
        float margin[BLOCK];
        for (int h = 0; h < BLOCK; h++) {
            const float product = (float)((s->total[b + h] + s->sum[b + h]) * (s->scale[b + h] * each));
            margin[h] = product + s->bias[b + h];
            s->total[b + h] = 0;
            s->sum[b + h] = 0;
        }
        if (in->heads - b >= BLOCK)
            memcpy(s->ended + b, margin, sizeof margin);
        else
            memcpy(s->ended + b, margin, (size_t)(in->heads - b) * sizeof *margin);
    }
    s->used = 0, s->grams = 0, s->ended = NULL;
}

#define V(name) name##_baseline
#define LANES 4
#include "grams.h"

#ifdef HAS_LEVELS
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,bmi,lzcnt"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,bmi,lzcnt")
#endif
#define V(name) name##_avx2
#define LANES 8
#define FAST
#include "grams.h"
#if defined(__clang__)
#pragma clang attribute pop
#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,avx2,bmi,lzcnt"))), apply_to = function)
#else
#pragma GCC pop_options
#pragma GCC push_options
#ifdef HALFSTEP_AVX512_AS_AVX2
#pragma GCC target("avx2,bmi,lzcnt")
#else
#pragma GCC target("avx512f,avx512dq,avx512vl,avx512bw,avx2,bmi,lzcnt,prefer-vector-width=512")
#endif
#endif
#define V(name) name##_avx512
#define LANES 16
#define FAST
#include "grams.h"
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif

typedef struct {
    const char *name;
    void (*score)(const Scoring *, State *);
} Level;

static Level levels[3];
static int level_count;

static void find_levels(void)
{
    level_count = 0;
#ifdef HAS_LEVELS
    __builtin_cpu_init();
    const int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("lzcnt");
#ifdef HALFSTEP_AVX512_AS_AVX2
    const int avx512 = avx2;
#else
    const int avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                       __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
#endif
    if (avx512) levels[level_count++] = (Level){"avx512", score_avx512};
    if (avx2) levels[level_count++] = (Level){"avx2", score_avx2};
#endif
    levels[level_count++] = (Level){"baseline", score_baseline};
}

/* Whether n-grams are asked for that this module knows. */
static int take_grams(const int given[6], Scoring *in)
{
    const int bits = given[5];
    in->low = given[0], in->high = given[1], in->words = given[2], in->inside_low = given[3], in->inside_high = given[4];
    const int characters = (!in->low && !in->high) || (1 <= in->low && in->low <= in->high && in->high <= MOST);
    const int inside = (!in->inside_low && !in->inside_high) ||
                       (1 <= in->inside_low && in->inside_low <= in->inside_high && in->inside_high <= MOST);
    if (!characters || !inside || in->words < 0 || in->words > MOST || bits < 8 || bits > 24) {
        PyErr_SetString(PyExc_ValueError, "grams: expected lengths of 1 to 8, ascending, or zeros, and 8 to 24 bits");
        return 0;
    }
    in->shift = 32 - bits;
    in->plain = in->low == 1 && in->high == 3 && !in->words && !in->inside_high;
    in->characters[0] = CHARACTERS, in->inside[0] = INSIDE, in->word[0] = WORDS;
    for (int n = 1; n <= MOST; n++) {
        in->characters[n] = in->characters[n - 1] * STEP;
        in->inside[n] = in->inside[n - 1] * STEP;
        in->word[n] = in->word[n - 1] * STEP;
    }
    return 1;
}

static int take_scoring(Held *held, int level, PyObject *const from[7], Scoring *in)
{
    if (level < 0 || level >= level_count) {
        PyErr_Format(PyExc_ValueError, "level: expected 0 to %d, not %d", level_count - 1, level);
        return 0;
    }
    if (!(in->data = held_take(held, from[0], "data", 'B', -1, 0, 0))) return 0;
    in->size = held_extent(held, 0);
    if (!(in->begin = held_take(held, from[1], "begin", 'l', -1, 0, 0))) return 0;
    const Py_ssize_t n = held_extent(held, 0);
    if (in->first < 0 || in->first > in->last || in->last > n) {
        PyErr_Format(PyExc_ValueError, "first, last: expected a range of the %zd texts, not %lld, %lld", n, (long long)in->first,
                     (long long)in->last);
        return 0;
    }
    if (!(in->end = held_take(held, from[2], "end", 'l', n, 0, 0))) return 0;
    if (!held_within(in->begin, in->end, in->first, in->last, in->size)) return 0;
    if (!(in->weight = held_take(held, from[3], "weight", 'b', (Py_ssize_t)1 << (32 - in->shift), -1, 0))) return 0;
    in->wide = held_extent(held, 1);
    if (in->wide < BLOCK || in->wide % BLOCK) {
        PyErr_Format(PyExc_ValueError, "weight: expected columns in blocks of 16, not %lld", (long long)in->wide);
        return 0;
    }
    if (!(in->scale = held_take(held, from[4], "scale", 'd', -1, 0, 0))) return 0;
    in->heads = held_extent(held, 0);
    if (in->heads < 1 || in->heads > in->wide) {
        PyErr_Format(PyExc_ValueError, "scale: expected 1 to %lld heads, not %lld", (long long)in->wide, (long long)in->heads);
        return 0;
    }
    in->bias = held_take(held, from[5], "bias", 'd', in->heads, 0, 0);
    in->out = held_take(held, from[6], "out", 'f', n, in->heads, 1);
    return !PyErr_Occurred();
}

/* Nonzero where memory is short. */
static int scored(const Scoring *in, void (*score)(const Scoring *, State *))
{
    const size_t wide = (size_t)in->wide;
    State *s = calloc(1, sizeof *s + wide * (2 * sizeof(double) + sizeof(float) + sizeof(int16_t)));
    if (!s) return 1;
    s->in = in;
    s->total = (double *)(s + 1), s->scale = s->total + wide, s->bias = (float *)(s->scale + wide), s->sum = (int16_t *)(s->bias + wide);
    s->row = s->rows[0], s->waiting = s->rows[1];
    for (int64_t h = 0; h < in->heads; h++) s->scale[h] = in->scale[h], s->bias[h] = (float)in->bias[h];
    score(in, s);
    free(s);
    return 0;
}

static PyObject *py_margins(PyObject *self, PyObject *args)
{
    Held held = {.count = 0};
    PyObject *from[7];
    int level, given[6], failed = 0;
    long long first, last;
    (void)self;
    if (!PyArg_ParseTuple(args, "iLLiiiiiiOOOOOOO:margins", &level, &first, &last, &given[0], &given[1], &given[2], &given[3],
                          &given[4], &given[5], &from[0], &from[1], &from[2], &from[3], &from[4], &from[5], &from[6]))
        return NULL;
    Scoring in = {.first = first, .last = last};
    if (take_grams(given, &in) && take_scoring(&held, level, from, &in)) {
        Py_BEGIN_ALLOW_THREADS
        failed = scored(&in, levels[level].score);
        Py_END_ALLOW_THREADS
    }
    return held_end(&held, failed);
}

static PyObject *py_levels(PyObject *self, PyObject *none)
{
    (void)self, (void)none;
    PyObject *names = PyTuple_New(level_count);
    for (int i = 0; names && i < level_count; i++) PyTuple_SET_ITEM(names, i, PyUnicode_FromString(levels[i].name));
    return names;
}

static PyMethodDef methods[] = {
    {"margins", py_margins, METH_VARARGS, "Margins of linear heads over hashed n-grams of texts."},
    {"levels", py_levels, METH_NOARGS, "Names of the instruction sets this machine runs, best first."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_grams", "Texts scored.", -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__grams(void)
{
    find_levels();
    return PyModule_Create(&definition);
}
