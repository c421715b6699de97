/* One market in scratch: its buyers, exp(mu), probabilities and shares. */

#include <stdlib.h>

#define BLOCK 8 /* vectors of buyers taken together: their part of exp(mu) stays in the first cache */
#define UNSHIFTED 500.0 /* utilities whose size is below it need no shift before exp */
#define LOG2_E 0x1.71547652b82fep0

/* Scratch is laid out twice by the same code: once to count, once to hand out. */
typedef struct {
    char *base;
    size_t used;
    int too_much;
} Arena;

LOCAL double *grab(Arena *arena, int64_t rows, int64_t columns)
{
    size_t bytes;
    double *here = arena->base ? (double *)(arena->base + arena->used) : NULL;
    if (__builtin_mul_overflow((size_t)rows, (size_t)columns, &bytes) ||
        __builtin_mul_overflow(bytes, sizeof(double), &bytes) || bytes > SIZE_MAX / 4 - arena->used) {
        arena->too_much = 1;
        return here;
    }
    arena->used += (bytes + 63) / 64 * 64 + 64;
    return here;
}

/* `E` holds exp(delta + mu - shift) block by block: BLOCK or fewer vectors of buyers, product after product; it is formed
   as a power of two, from utilities times log2 e (`bits_X`, `bits_delta`). `P` holds
   probabilities product by product, `none` those of buying nothing. */
typedef struct {
    int64_t most_rows, most_buyers; /* of any market */
    int64_t t, J, K, n;             /* n vectors of buyers */
    const double *X;
    double *w, *B, *zero, *inverse, *spare[2]; /* zero = exp(-shift), inverse = 1 / denominator */
    double *bits_X, *bits_delta;
    double *E, *P, *none, *s_parts, *y, *s;
    double s_none; /* share of buying nothing */
    vec *left;
    void *memory;
} Room;

INLINE int64_t vectors(int64_t n) { return (n + WIDTH - 1) / WIDTH; }

/* The largest markets of those asked for. */
LOCAL void size_up(Room *room, const Problem *p)
{
    memset(room, 0, sizeof *room);
    room->K = p->K;
    for (int64_t t = p->first; t < p->last; t++) {
        int64_t J = p->row[t + 1] - p->row[t], I = p->buyer[t + 1] - p->buyer[t];
        if (J > room->most_rows) room->most_rows = J;
        if (I > room->most_buyers) room->most_buyers = I;
    }
}

LOCAL void lay_out(Room *room, Arena *arena)
{
    const int64_t I = vectors(room->most_buyers) * WIDTH, J = padded(room->most_rows);
    room->w = grab(arena, 1, I);
    room->B = grab(arena, room->K, I);
    room->zero = grab(arena, 1, I);
    room->inverse = grab(arena, 1, I);
    for (int r = 0; r < 2; r++) room->spare[r] = grab(arena, 1, I);
    room->bits_X = grab(arena, J, room->K);
    room->bits_delta = grab(arena, 1, J);
    room->E = grab(arena, J, I);
    room->P = grab(arena, J, I);
    room->none = grab(arena, 1, I);
    room->left = (vec *)grab(arena, PANEL, I);
    room->s_parts = grab(arena, J + 1, WIDTH);
    room->y = grab(arena, 1, J);
    room->s = grab(arena, 1, J);
}

/* Copy a row of one market's buyers, padded with zeros. */
LOCAL void fetch(const double *from, int64_t I, int64_t n, double *to)
{
    memcpy(to, from, (size_t)I * sizeof *to);
    for (int64_t i = I; i < n * WIDTH; i++) to[i] = 0.0;
}

LOCAL void enter(Room *room, const Problem *p, int64_t t)
{
    const int64_t from = p->buyer[t], I = p->buyer[t + 1] - from;
    room->t = t;
    room->J = p->row[t + 1] - p->row[t];
    room->n = vectors(I);
    room->X = p->X + p->row[t] * p->K;
    fetch(p->w + from, I, room->n, room->w);
    for (int64_t k = 0; k < p->K; k++) fetch(p->B + k * p->A + from, I, room->n, room->B + k * room->n * WIDTH);
}

/* Whether no utility of the market can come near overflow or underflow. */
LOCAL int all_small(const Room *room, const double *delta)
{
    const int64_t J = room->J, K = room->K, n = room->n;
    double top = 0.0;
    vec most = splat(0.0);
    double *reach = room->s_parts; /* of each column: at most J * WIDTH are bounded this way */
    if (K > J * WIDTH) return 0;
    for (int64_t k = 0; k < K; k++) reach[k] = 0.0;
    for (int64_t j = 0; j < J; j++) {
        top = fabs(delta[j]) <= top ? top : fabs(delta[j]);
        for (int64_t k = 0; k < K; k++) {
            double x = fabs(room->X[j * K + k]);
            reach[k] = x <= reach[k] ? reach[k] : x;
        }
    }
    for (int64_t v = 0; v < n; v++) {
        vec here = splat(top);
        for (int64_t k = 0; k < K; k++) here += splat(reach[k]) * magnitude(load(room->B + (k * n + v) * WIDTH));
        most = larger(here, most);
    }
    return largest(most) < UNSHIFTED;
}

/* exp(delta + mu - shift) of one block of m vectors of buyers, the first being v. */
INLINE void form_block(const int m, Room *room, int64_t v, const int shifted)
{
    vec *E = (vec *)room->E + v * room->J;
    const vec *B = (const vec *)room->B + v;
    vec top[BLOCK];
    for (int i = 0; i < m; i++) top[i] = splat(0.0);
    for (int64_t j = 0; j < room->J; j++) {
        const double *x = room->bits_X + j * room->K;
        vec u[BLOCK];
        for (int i = 0; i < m; i++) u[i] = splat(room->bits_delta[j]);
        for (int64_t k = 0; k < room->K; k++) {
            vec xk = splat(x[k]);
            for (int i = 0; i < m; i++) u[i] += xk * B[k * room->n + i];
        }
        for (int i = 0; i < m; i++) {
            E[j * m + i] = u[i];
            if (shifted) top[i] = larger(u[i], top[i]);
        }
    }
    for (int i = 0; i < m; i++) store(room->zero + (v + i) * WIDTH, shifted ? vexp2(-top[i], 1) : splat(1.0));
    if (shifted)
        for (int64_t j = 0; j < room->J; j++)
            for (int i = 0; i < m; i++) E[j * m + i] = vexp2(E[j * m + i] - top[i], 1);
    else
        for (int64_t c = 0; c < room->J * m; c++) E[c] = vexp2(E[c], 0);
}

/* Denominators of one block, then what its buyers add to shares. */
INLINE void share_block(const int m, Room *room, int64_t v)
{
    const vec *E = (const vec *)room->E + v * room->J;
    vec *s = (vec *)room->s_parts;
    vec d[BLOCK];
    for (int i = 0; i < m; i++) d[i] = load(room->zero + (v + i) * WIDTH);
    for (int64_t j = 0; j < room->J; j++) {
        vec y = splat(room->y[j]);
        for (int i = 0; i < m; i++) d[i] += y * E[j * m + i];
    }
    for (int i = 0; i < m; i++) {
        d[i] = splat(1.0) / d[i];
        store(room->inverse + (v + i) * WIDTH, d[i]);
        d[i] *= load(room->w + (v + i) * WIDTH);
        s[room->J] += d[i] * load(room->zero + (v + i) * WIDTH);
    }
    for (int64_t j = 0; j < room->J; j++) {
        vec even = s[j], odd = splat(0.0);
        for (int i = 0; i + 1 < m; i += 2) {
            even += E[j * m + i] * d[i];
            odd += E[j * m + i + 1] * d[i + 1];
        }
        if (m % 2) even += E[j * m + m - 1] * d[m - 1];
        s[j] = even + odd;
    }
}

/* P_j = E_j y_j / denominator of one block, product by product. */
INLINE void probability_block(const int m, Room *room, int64_t v)
{
    const vec *E = (const vec *)room->E + v * room->J;
    vec *P = (vec *)room->P + v;
    vec d[BLOCK];
    for (int i = 0; i < m; i++) {
        d[i] = load(room->inverse + (v + i) * WIDTH);
        store(room->none + (v + i) * WIDTH, d[i] * load(room->zero + (v + i) * WIDTH));
    }
    for (int64_t j = 0; j < room->J; j++) {
        vec y = splat(room->y[j]);
        for (int i = 0; i < m; i++) P[j * room->n + i] = E[j * m + i] * y * d[i];
    }
}

/* Do `call` with a constant m: the loops over a block are then unrolled. */
#define WITH_CONSTANT(m, call)                                                                                         \
    switch (m) {                                                                                                       \
    case 1: { enum { M = 1 }; call; break; }                                                                           \
    case 2: { enum { M = 2 }; call; break; }                                                                           \
    case 3: { enum { M = 3 }; call; break; }                                                                           \
    case 4: { enum { M = 4 }; call; break; }                                                                           \
    case 5: { enum { M = 5 }; call; break; }                                                                           \
    case 6: { enum { M = 6 }; call; break; }                                                                           \
    case 7: { enum { M = 7 }; call; break; }                                                                           \
    default: { enum { M = 8 }; call; break; }                                                                          \
    }

/* The next block's vectors: as even as can be, BLOCK at most. */
INLINE int64_t next_block(const Room *room, int64_t v)
{
    int64_t blocks = (room->n - v + BLOCK - 1) / BLOCK;
    return (room->n - v + blocks - 1) / blocks;
}

/* Shares at delta + log y, where exp(mu) was last formed at delta: it is formed anew unless `form` is NULL. */
LOCAL void shares_at(Room *room, const double *form)
{
    const int shifted = form && !all_small(room, form);
    if (form) {
        for (int64_t j = 0; j < room->J; j++) room->bits_delta[j] = form[j] * LOG2_E;
        for (int64_t c = 0; c < room->J * room->K; c++) room->bits_X[c] = room->X[c] * LOG2_E;
    }
    memset(room->s_parts, 0, (size_t)((room->J + 1) * BYTES));
    for (int64_t v = 0, m; v < room->n; v += m) {
        m = next_block(room, v);
        if (form && shifted) form_block(m, room, v, 1);
        else if (form) WITH_CONSTANT(m, form_block(M, room, v, 0))
        WITH_CONSTANT(m, share_block(M, room, v))
    }
    for (int64_t j = 0; j < room->J; j++) room->s[j] = room->y[j] * sum(load(room->s_parts + j * WIDTH));
    room->s_none = sum(load(room->s_parts + room->J * WIDTH));
}

/* Probabilities at the latest shares. */
LOCAL void probabilities(Room *room)
{
    for (int64_t v = 0, m; v < room->n; v += m) {
        m = next_block(room, v);
        WITH_CONSTANT(m, probability_block(M, room, v))
    }
}

/* Memory for a room and whatever `rest` lays out after it; 0 where there is none. */
LOCAL int furnish(Room *room, void *rest, void (*lay_out_rest)(void *, Arena *))
{
    Arena arena = {0};
    for (int pass = 0; pass < 2; pass++) {
        lay_out(room, &arena);
        if (lay_out_rest) lay_out_rest(rest, &arena);
        if (arena.too_much) return 0;
        if (pass == 0) {
            room->memory = malloc(arena.used + 64);
            if (!room->memory) return 0;
            arena = (Arena){.base = (char *)(((uintptr_t)room->memory + 63) / 64 * 64)};
        }
    }
    return 1;
}

LOCAL int shares(const Problem *p, const double *delta, double *s)
{
    Room room;
    size_up(&room, p);
    if (!furnish(&room, NULL, NULL)) return 1;
    for (int64_t t = p->first; t < p->last; t++) {
        enter(&room, p, t);
        for (int64_t j = 0; j < room.J; j++) room.y[j] = 1.0;
        shares_at(&room, delta + p->row[t]);
        memcpy(s + p->row[t], room.s, (size_t)room.J * sizeof *s);
    }
    free(room.memory);
    return 0;
}
