/* Who is named in texts: many spellings at once, over folded bytes; see mentions.py, its twin, for what is found.
   Filters on the first three and six bytes pass over nearly every place; a trie is walked from the others. */

#include "buffers.h"

#include <stdlib.h>

#define SLOTS 2048 /* of the filter on three bytes, for each first byte */
#define PAIRS 65536 /* slots of the filter on six bytes */

typedef struct {
    const uint8_t *bytes;             /* folded spellings, one after the other */
    const int64_t *at;                /* where each begins, n + 1 */
    const int32_t *name;
    const uint8_t *never;
    int64_t n;
    int32_t names;
} Spellings;

typedef struct {
    uint8_t *filter;                  /* a bit for each first byte and hash of the next two: a spelling may begin so */
    uint8_t *brief;                   /* likewise: one may that does not begin with six bytes beyond ASCII */
    uint8_t *pairs;                   /* a bit for each hash of six bytes: one may that does */
    uint8_t class_of[256];            /* of a folded byte; 0: in no spelling */
    uint8_t alone[256];               /* class of a byte that folds without its neighbours; 255: it may not */
    int32_t classes;
    int32_t *next;                    /* (nodes, classes): 0 is none, for no edge leads to the root */
    int32_t *first;                   /* first spelling that ends at a node, -1: none */
    int32_t *other;                   /* next spelling that ends at the same node */
    int64_t nodes;
} Trie;

typedef struct {
    int64_t text, begin, end;
    int32_t name;
} Mention;

typedef struct {
    Mention *held;
    int64_t n, room;
} Found;

/* Length of the white space that begins at p, 0 if none does. */
static inline int blank(const uint8_t *p, const uint8_t *end)
{
    if (*p == ' ' || (*p >= 9 && *p <= 13)) return 1;
    if (*p == 0xC2) return end - p >= 2 && (p[1] == 0x85 || p[1] == 0xA0) ? 2 : 0;
    if (end - p < 3) return 0;
    if (*p == 0xE2) {
        if (p[1] == 0x80) return (p[2] >= 0x80 && p[2] <= 0x8A) || p[2] == 0xA8 || p[2] == 0xA9 || p[2] == 0xAF ? 3 : 0;
        return p[1] == 0x81 && p[2] == 0x9F ? 3 : 0;
    }
    return (*p == 0xE3 && p[1] == 0x80 && p[2] == 0x80) || (*p == 0xE1 && p[1] == 0x9A && p[2] == 0x80) ? 3 : 0;
}

/* The ASCII character that the full-width form at p stands for, 0 if none begins there. */
static inline uint8_t narrow(const uint8_t *p, const uint8_t *end)
{
    if (*p != 0xEF || end - p < 3) return 0;
    if (p[1] == 0xBC && p[2] >= 0x81 && p[2] <= 0xBF) return p[2] - 0x60;
    if (p[1] == 0xBD && p[2] >= 0x80 && p[2] <= 0x9E) return p[2] - 0x20;
    return 0;
}

static inline uint8_t small(uint8_t c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }

static inline int wordy(uint8_t c) { return (c >= '0' && c <= '9') || (small(c) >= 'a' && small(c) <= 'z'); }

/* The next folded byte and where the one after it begins. */
static inline const uint8_t *fold(const uint8_t *p, const uint8_t *end, uint8_t *c)
{
    int length = blank(p, end);
    if (length) {
        do p += length;
        while (p < end && (length = blank(p, end)));
        *c = ' ';
        return p;
    }
    const uint8_t ascii = narrow(p, end);
    *c = small(ascii ? ascii : *p);
    return p + (ascii ? 3 : 1);
}

static inline uint32_t slot(uint32_t three)
{
    return (three & 0xFF) * SLOTS + ((((three >> 8) & 0xFFFF) * 0x9E3779B1u) >> 21);
}

static inline uint32_t pair(uint64_t six) { return (uint32_t)(((six << 16) * 0x9E3779B97F4A7C15u) >> 48); }

static inline uint32_t bit(const uint8_t *table, uint32_t at) { return table[at >> 3] >> (at & 7) & 1; }

static inline void set(uint8_t *table, uint32_t at) { table[at >> 3] |= 1 << (at & 7); }

static inline uint64_t eight(const uint8_t *p)
{
    uint64_t made;
    memcpy(&made, p, 8);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    made = __builtin_bswap64(made);
#endif
    return made;
}

/* Mark every way in which a text can begin that holds a spelling: `made` bytes of it are in `three`. */
static void mark(uint8_t *filter, const uint8_t *p, const uint8_t *end, uint32_t three, int made)
{
    if (made >= 3) {
        set(filter, slot(three));
        return;
    }
    if (p == end || *p == ' ') {
        for (uint32_t c = 0; c < 256; c++) mark(filter, end, end, three | c << (8 * made), made + 1);
        return;
    }
    mark(filter, p + 1, end, three | (uint32_t)*p << (8 * made), made + 1);
    if (*p <= ' ' || *p > '~') return;
    const int letter = *p >= 'a' && *p <= 'z';
    if (letter) mark(filter, p + 1, end, three | (uint32_t)(*p - 32) << (8 * made), made + 1);
    for (int capital = 0; capital <= letter; capital++) {
        const uint32_t code = 0xFEE0 + *p - 32 * capital;
        const uint64_t wide = 0xEF | (0x80 | (code >> 6 & 0x3F)) << 8 | (0x80 | (code & 0x3F)) << 16;
        const uint32_t all = three | (uint32_t)(wide << (8 * made));
        mark(filter, p + 1, end, all & 0xFFFFFF, made + 3);
    }
}

static void let_go(Trie *trie)
{
    free(trie->filter);
    free(trie->brief);
    free(trie->pairs);
    free(trie->next);
    free(trie->first);
    free(trie->other);
}

static int build(Trie *trie, const Spellings *s)
{
    const int64_t size = s->at[s->n];
    memset(trie, 0, sizeof *trie);
    trie->classes = 1;
    for (int64_t i = 0; i < size; i++)
        if (!trie->class_of[s->bytes[i]]) trie->class_of[s->bytes[i]] = trie->classes++;
    for (int c = 0; c < 256; c++) {
        const int other = c == ' ' || (c >= 9 && c <= 13) || c == 0xC2 || (c >= 0xE1 && c <= 0xE3) || c == 0xEF;
        trie->alone[c] = other ? 255 : trie->class_of[small((uint8_t)c)];
    }
    trie->filter = calloc(256 * SLOTS / 8, 1);
    trie->brief = calloc(256 * SLOTS / 8, 1);
    trie->pairs = calloc(PAIRS / 8, 1);
    trie->next = calloc((size_t)(size + 1) * trie->classes, sizeof *trie->next);
    trie->first = malloc((size_t)(size + 1) * sizeof *trie->first);
    trie->other = malloc((size_t)(s->n + 1) * sizeof *trie->other);
    if (!trie->filter || !trie->brief || !trie->pairs || !trie->next || !trie->first || !trie->other) return 0;
    memset(trie->first, 0xFF, (size_t)(size + 1) * sizeof *trie->first);
    trie->nodes = 1;
    for (int64_t i = 0; i < s->n; i++) {
        int32_t node = 0;
        for (int64_t j = s->at[i]; j < s->at[i + 1]; j++) {
            int32_t *to = &trie->next[(int64_t)node * trie->classes + trie->class_of[s->bytes[j]]];
            if (!*to) *to = (int32_t)trie->nodes++;
            node = *to;
        }
        trie->other[i] = trie->first[node];
        trie->first[node] = (int32_t)i;
        const uint8_t *p = s->bytes + s->at[i], *end = s->bytes + s->at[i + 1];
        int beyond = 0;
        while (beyond < 6 && p + beyond < end && p[beyond] >= 0x80) beyond++;
        mark(trie->filter, p, end, 0, 0);
        if (beyond < 6) {
            mark(trie->brief, p, end, 0, 0);
            continue;
        }
        uint64_t six = 0;
        for (int k = 0; k < 6; k++) six |= (uint64_t)p[k] << (8 * k);
        set(trie->pairs, pair(six));
    }
    return 1;
}

/* Where the names of one text stand: the last mention's end, and the end of what is never one. */
typedef struct {
    int64_t *last, *never;            /* by name; -1: none yet */
    Mention *here;                    /* mentions that begin at one place */
    int dirty;                        /* whether anything was found in this text */
} Standing;

static int keep(Found *found, const Mention *one)
{
    if (found->n == found->room) {
        const int64_t room = found->room ? 2 * found->room : 4096;
        Mention *held = realloc(found->held, (size_t)room * sizeof *held);
        if (!held) return 0;
        found->held = held;
        found->room = room;
    }
    found->held[found->n++] = *one;
    return 1;
}

static inline int touched(const uint8_t *from, const uint8_t *p)
{
    if (p == from) return 0;
    if (wordy(p[-1])) return 1;
    return p - from >= 3 && wordy(narrow(p - 3, p));
}

/* Names that begin at p. */
static int walk(const Trie *trie, const Spellings *s, const Texts *x, int64_t text, const uint8_t *p, Standing *at, Found *found)
{
    const uint8_t *from = x->data + x->begin[text], *end = x->data + x->end[text], *q = p;
    int64_t node = 0, count = 0;
    const int64_t begin = p - x->data;
    int head = -1;
    uint8_t c;
    while (q < end) {
        uint32_t class = trie->alone[*q];
        if (class < 255) c = small(*q++);
        else q = fold(q, end, &c), class = trie->class_of[c];
        if (!class || !(node = trie->next[node * trie->classes + class])) break;
        for (int32_t i = trie->first[node]; i >= 0; i = trie->other[i]) {
            const int32_t name = s->name[i];
            at->dirty = 1;
            if (s->never[i]) {
                if (q - x->data > at->never[name]) at->never[name] = q - x->data;
                continue;
            }
            if (head < 0) head = wordy(s->bytes[s->at[i]]) && touched(from, p);
            if (head || begin < at->last[name]) continue;
            if (wordy(c) && q < end && (wordy(*q) || wordy(narrow(q, end)))) continue;
            at->here[count++] = (Mention){text, begin, q - x->data, name};
        }
    }
    /* longest last: from behind, the first of a name that is not swallowed is taken */
    int64_t taken = 0;
    for (int64_t k = count - 1; k >= 0; k--) {
        const Mention one = at->here[k];
        if (begin < at->last[one.name] || one.end <= at->never[one.name]) continue;
        at->last[one.name] = one.end;
        int64_t to = found->n;
        if (!keep(found, &one)) return 0;
        for (; to > found->n - 1 - taken && found->held[to - 1].name > one.name; to--)
            found->held[to] = found->held[to - 1];
        found->held[to] = one;
        taken++;
    }
    return 1;
}

/* Whether a spelling may begin with these bytes; only the lower six count. */
static inline int passes(const Trie *trie, uint64_t bytes)
{
    const uint32_t s = slot((uint32_t)bytes);
    return bit(trie->filter, s) && (bit(trie->brief, s) || bit(trie->pairs, pair(bytes)));
}

static int search(const Trie *trie, const Spellings *s, const Texts *x, Standing *at, Found *found)
{
    at->dirty = 1;
    for (int64_t text = 0; text < x->n; text++) {
        const int64_t end = x->end[text];
        if (at->dirty) memset(at->last, 0xFF, (size_t)s->names * 8), memset(at->never, 0xFF, (size_t)s->names * 8);
        at->dirty = 0;
        int64_t i = x->begin[text];
        for (; i + 8 <= end && i + 16 <= x->M; i += 8) {
            const uint64_t bytes = eight(x->data + i);
            uint64_t begins = (~bytes | bytes << 1) & 0x8080808080808080u; /* not 10xxxxxx */
            for (; begins; begins &= begins - 1) {
                const uint8_t *p = x->data + i + (__builtin_ctzll(begins) >> 3);
                if (passes(trie, eight(p)) && !walk(trie, s, x, text, p, at, found)) return 0;
            }
        }
        for (; i < end; i++) {
            uint64_t bytes = 0;
            for (int k = 0; k < 6 && i + k < end; k++) bytes |= (uint64_t)x->data[i + k] << (8 * k);
            if (passes(trie, bytes) && !walk(trie, s, x, text, x->data + i, at, found)) return 0;
        }
    }
    return 1;
}

static int take_spellings(Held *held, PyObject *const from[4], int names, Spellings *s)
{
    if (!(s->bytes = take(held, from[0], "bytes", 1, -1, 0))) return 0;
    const int64_t size = length(held);
    if (!(s->name = take(held, from[2], "name", 4, -1, 0))) return 0;
    s->n = length(held);
    s->names = names;
    s->at = take(held, from[1], "at", 8, s->n + 1, 0);
    s->never = take(held, from[3], "never", 1, s->n, 0);
    if (!s->at || !s->never) return 0;
    int fits = size < INT32_MAX && s->at[0] == 0 && s->at[s->n] == size;
    for (int64_t i = 0; fits && i < s->n; i++)
        fits = s->at[i] >= 0 && s->at[i] < s->at[i + 1] && s->at[i + 1] <= size && s->name[i] >= 0 && s->name[i] < names;
    if (!fits) PyErr_SetString(PyExc_ValueError, "at, name: expected ascending places of spellings and names below `names`");
    return fits;
}

static PyObject *columns(const Found *found)
{
    PyObject *text = PyBytes_FromStringAndSize(NULL, found->n * 8), *name = PyBytes_FromStringAndSize(NULL, found->n * 4);
    PyObject *begin = PyBytes_FromStringAndSize(NULL, found->n * 8), *end = PyBytes_FromStringAndSize(NULL, found->n * 8);
    if (text && name && begin && end)
        for (int64_t i = 0; i < found->n; i++) {
            const Mention *one = &found->held[i];
            memcpy(PyBytes_AS_STRING(text) + 8 * i, &one->text, 8);
            memcpy(PyBytes_AS_STRING(name) + 4 * i, &one->name, 4);
            memcpy(PyBytes_AS_STRING(begin) + 8 * i, &one->begin, 8);
            memcpy(PyBytes_AS_STRING(end) + 8 * i, &one->end, 8);
        }
    PyObject *all = text && name && begin && end ? PyTuple_Pack(4, text, name, begin, end) : NULL;
    Py_XDECREF(text);
    Py_XDECREF(name);
    Py_XDECREF(begin);
    Py_XDECREF(end);
    return all;
}

static PyObject *py_find(PyObject *self, PyObject *args)
{
    Held held = {.count = 0};
    PyObject *x_from[3], *s_from[4], *all = NULL;
    Texts x;
    Spellings s;
    int names, failed = 1;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOOOOOOi:find", &x_from[0], &x_from[1], &x_from[2], &s_from[0], &s_from[1], &s_from[2],
                          &s_from[3], &names))
        return NULL;
    if (take_texts(&held, x_from, &x) && take_spellings(&held, s_from, names, &s)) {
        Trie trie;
        Found found = {NULL, 0, 0};
        Standing at = {malloc((size_t)(names + 1) * 8), malloc((size_t)(names + 1) * 8),
                       malloc((size_t)(s.n + 1) * sizeof(Mention)), 1};
        Py_BEGIN_ALLOW_THREADS
        if (build(&trie, &s) && at.last && at.never && at.here) failed = !search(&trie, &s, &x, &at, &found);
        Py_END_ALLOW_THREADS
        all = failed ? PyErr_NoMemory() : columns(&found);
        let_go(&trie);
        free(at.last);
        free(at.never);
        free(at.here);
        free(found.held);
    }
    release(&held);
    return all;
}

static inline int within(uint8_t c) { return (c & 0xC0) == 0x80; } /* of a character, not at its begin */

static PyObject *py_windows(PyObject *self, PyObject *args)
{
    Held held = {.count = 0};
    PyObject *x_from[3], *of, *b, *e, *low, *high;
    Texts x;
    long long characters;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOOOOOLOO:windows", &x_from[0], &x_from[1], &x_from[2], &of, &b, &e, &characters, &low, &high))
        return NULL;
    if (take_texts(&held, x_from, &x)) {
        const int64_t *text = take(&held, of, "text", 8, -1, 0);
        const Py_ssize_t n = text ? length(&held) : 0;
        const int64_t *begin = take(&held, b, "mention begin", 8, n, 0), *end = take(&held, e, "mention end", 8, n, 0);
        int64_t *out_begin = take(&held, low, "out begin", 8, n, 1), *out_end = take(&held, high, "out end", 8, n, 1);
        for (Py_ssize_t i = 0; !PyErr_Occurred() && i < n; i++)
            if (text[i] < 0 || text[i] >= x.n || begin[i] < x.begin[text[i]] || begin[i] > end[i] || end[i] > x.end[text[i]])
                PyErr_Format(PyExc_ValueError, "mention %zd: expected a place in its own text", i);
        if (!PyErr_Occurred()) {
            Py_BEGIN_ALLOW_THREADS
            for (Py_ssize_t i = 0; i < n; i++) {
                const int64_t first = x.begin[text[i]], last = x.end[text[i]];
                int64_t p = begin[i], q = end[i];
                for (long long k = 0; k < characters && p > first; k++)
                    for (p--; p > first && within(x.data[p]);) p--;
                while (q < last && within(x.data[q])) q++;
                for (long long k = 0; k < characters && q < last; k++)
                    for (q++; q < last && within(x.data[q]);) q++;
                out_begin[i] = p;
                out_end[i] = q;
            }
            Py_END_ALLOW_THREADS
        }
    }
    release(&held);
    if (PyErr_Occurred()) return NULL;
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"find", py_find, METH_VARARGS, "Mentions of names."},
    {"windows", py_windows, METH_VARARGS, "Characters on either side of mentions."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_mentions", "Names in texts.", -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__mentions(void) { return PyModule_Create(&definition); }
