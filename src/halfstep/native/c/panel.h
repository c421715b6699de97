/* People who face several tasks: log of the mean over draws of the product of logit probabilities, and its slopes.

   Draws are taken PANES panes of PANE vectors at a time through all tasks of a person, so that scratch stays in the first
   cache whatever their number; see panel.py for what is computed. */

#define PANE 2
#define PANES 8
#define WIDE (PANE * PANES) /* vectors of draws in scratch */
#define TILE 4              /* rows or columns whose sums are held in registers */
#define LEVEL 300.0         /* utilities whose size is below it need no shift before exp */
#define HIGHEST 300.0       /* of eta whose exponential is taken */
#define LN2 0x1.62e42fefa39efp-1
#define MANTISSA ((UINT64_C(1) << 52) - 1)
#define BIAS 1023

/* `z`, `f`, `slope`, `beta` and `g` hold WIDE vectors a row; `p`, probabilities, and `none` one pane a row. */
typedef struct {
    int64_t most_rows, most_tasks, m, tasks; /* rows of any person; rows and tasks of the one at hand */
    const int64_t *row;
    const double *D;
    double *bits_D, *reach; /* `reach` is the largest size of a column */
    int64_t *low, *high;    /* L's row k is zero but for columns low..high */
    vec *z, *f, *slope, *beta, *g, *p, *none;
    vec total, *location, *spread; /* sums of draws with weights exp(log P - top) */
    vec poison;                    /* NaN where a taste is not finite */
    double top;
    void *memory;
} Booth;

LOCAL void lay_out_booth(Booth *at, const Simulating *in, Arena *arena)
{
    const int64_t K = in->K, Q = in->Q, wide = WIDE * WIDTH;
    at->bits_D = grab(arena, at->most_rows, K);
    at->reach = grab(arena, 1, K);
    at->low = (int64_t *)grab(arena, 1, K);
    at->high = (int64_t *)grab(arena, 1, K);
    at->z = (vec *)grab(arena, Q, wide);
    at->f = (vec *)grab(arena, K, wide);
    at->slope = (vec *)grab(arena, K, wide);
    at->beta = in->scale < 0 ? at->f : (vec *)grab(arena, K, wide);
    at->g = (vec *)grab(arena, K, wide);
    at->p = (vec *)grab(arena, at->most_rows, PANE * WIDTH);
    at->none = (vec *)grab(arena, at->most_tasks, PANE * WIDTH);
    at->location = (vec *)grab(arena, K, WIDTH);
    at->spread = (vec *)grab(arena, K * WIDTH, Q);
}

LOCAL int furnish_booth(Booth *at, const Simulating *in)
{
    Arena arena = {0};
    for (int pass = 0; pass < 2; pass++) {
        lay_out_booth(at, in, &arena);
        if (arena.too_much) return 0;
        if (pass == 0) {
            at->memory = malloc(arena.used + 64);
            if (!at->memory) return 0;
            arena = (Arena){.base = (char *)(((uintptr_t)at->memory + 63) / 64 * 64)};
        }
    }
    return 1;
}

LOCAL void seat(Booth *at, const Simulating *in, int64_t i)
{
    const int64_t K = in->K, first = in->row[in->task[i]];
    at->row = in->row + in->task[i];
    at->tasks = in->task[i + 1] - in->task[i];
    at->m = in->row[in->task[i + 1]] - first;
    at->D = in->D + first * K;
    for (int64_t k = 0; k < K; k++) at->reach[k] = 0.0;
    for (int64_t j = 0; j < at->m; j++)
        for (int64_t k = 0; k < K; k++) {
            const double d = at->D[j * K + k], size = fabs(d);
            at->bits_D[j * K + k] = d * LOG2_E;
            if (!(size <= at->reach[k])) at->reach[k] = size;
        }
    at->top = -INFINITY;
    at->total = at->poison = splat(0.0);
    for (int64_t k = 0; k < K; k++) at->location[k] = splat(0.0);
    for (int64_t c = 0; c < K * in->Q; c++) at->spread[c] = splat(0.0);
}

/* x[0], x[stride], ...: `many` of them, then zeros. */
INLINE vec every(const double *x, int64_t stride, int64_t many)
{
    vec y = splat(0.0);
    if (many >= WIDTH)
        for (int l = 0; l < WIDTH; l++) y[l] = x[l * stride];
    else
        for (int64_t l = 0; l < many; l++) y[l] = x[l * stride];
    return y;
}

/* f(eta) of column k and, unless it is plain, its slope. */
LOCAL void taste(Booth *at, const Simulating *in, int64_t k, int n)
{
    vec *f = at->f + k * WIDE, *slope = at->slope + k * WIDE;
    const vec sign = splat(in->sign[k]), *z = at->z;
    for (int v = 0; v < n; v += PANE, z += PANE) {
        vec eta[PANE];
        for (int d = 0; d < PANE; d++) eta[d] = splat(in->b[k]);
        for (int64_t q = at->low[k]; q < at->high[k]; q++)
            for (int d = 0; d < PANE; d++) eta[d] += splat(in->L[k * in->Q + q]) * z[q * WIDE + d];
        for (int d = 0; d < PANE; d++) f[v + d] = eta[d];
    }
    if (in->kind[k] == 1)
        for (int v = 0; v < n; v++)
            f[v] = slope[v] = sign * vexp(blend((bits)(f[v] > splat(HIGHEST)), splat(HIGHEST), f[v]));
    else if (in->kind[k] == 2)
        for (int v = 0; v < n; v++) {
            slope[v] = (vec)((bits)sign & (bits)(f[v] > splat(0.0)));
            f[v] = sign * larger(splat(0.0), f[v]);
        }
}

/* Tastes of n vectors of draws at their points; a bound of the largest utility's size. */
LOCAL double tastes(Booth *at, const Simulating *in, const double *points, int64_t many, int n)
{
    const int64_t K = in->K, Q = in->Q, p = in->scale;
    vec most = splat(0.0);
    for (int v = 0; v < n; v++)
        for (int64_t q = 0; q < Q; q++) at->z[q * WIDE + v] = every(points + v * WIDTH * Q + q, Q, many - v * WIDTH);
    for (int64_t k = 0; k < K; k++) taste(at, in, k, n);
    for (int64_t k = 0; p >= 0 && k < K; k++)
        for (int v = 0; v < n; v++)
            at->beta[k * WIDE + v] = at->f[k * WIDE + v] * (k == p ? splat(-1.0) : at->f[p * WIDE + v]);
    for (int v = 0; v < n; v++) {
        vec here = splat(0.0);
        for (int64_t k = 0; k < K; k++) here += splat(at->reach[k]) * magnitude(at->beta[k * WIDE + v]);
        at->poison += here - here;
        most = larger(here, most);
    }
    return largest(most);
}

/* Do `call` with a constant n of 1 to TILE. */
#define WITH_ROWS(n, call)                                                                                             \
    switch (n) {                                                                                                       \
    case 1: { enum { M = 1 }; call; break; }                                                                           \
    case 2: { enum { M = 2 }; call; break; }                                                                           \
    case 3: { enum { M = 3 }; call; break; }                                                                           \
    default: { enum { M = TILE }; call; break; }                                                                       \
    }

/* Utilities times log2 e of n rows from j. */
INLINE void utility_tile(const int n, Booth *at, int64_t K, int64_t j, const vec *beta)
{
    vec u[TILE][PANE];
    const double *d = at->bits_D + j * K;
    for (int a = 0; a < n; a++)
        for (int v = 0; v < PANE; v++) u[a][v] = splat(0.0);
    for (int64_t k = 0; k < K; k++, beta += WIDE)
        for (int a = 0; a < n; a++) {
            const vec x = splat(d[a * K + k]);
            for (int v = 0; v < PANE; v++) u[a][v] += x * beta[v];
        }
    for (int a = 0; a < n; a++)
        for (int v = 0; v < PANE; v++) at->p[(j + a) * PANE + v] = u[a][v];
}

/* Take off the largest utility of each task, or zero; `top` gets their sum, `none` exp of the shifted zero of each task. */
LOCAL void shift(Booth *at, vec top[PANE])
{
    for (int64_t t = 0; t < at->tasks; t++) {
        const int64_t first = at->row[t] - at->row[0], end = at->row[t + 1] - at->row[0];
        for (int v = 0; v < PANE; v++) {
            vec high = splat(0.0);
            for (int64_t j = first; j < end; j++) high = larger(at->p[j * PANE + v], high);
            for (int64_t j = first; j < end; j++) at->p[j * PANE + v] -= high;
            at->none[t * PANE + v] = vexp2(-high, 1);
            top[v] += high;
        }
    }
}

/* Probabilities of all rows; one over the product of those chosen, as a mantissa and a power of two. */
INLINE void choices(Booth *at, int64_t K, const vec *beta, const int shifted, vec mantissa[PANE], vec exponent[PANE])
{
    vec product[PANE], lifted[PANE];
    bits power[PANE];
    for (int v = 0; v < PANE; v++) {
        product[v] = splat(1.0);
        lifted[v] = splat(0.0);
        power[v] = (bits){0};
    }
    for (int64_t j = 0; j < at->m; j += TILE) WITH_ROWS(at->m - j, utility_tile(M, at, K, j, beta))
    if (shifted) shift(at, lifted);
    for (int64_t c = 0; c < at->m * PANE; c++) at->p[c] = vexp2(at->p[c], shifted);
    vec *p = at->p, *end;
    for (int64_t t = 0; t < at->tasks; t++) {
        vec S[PANE], *const first = p;
        end = p + (at->row[t + 1] - at->row[t]) * PANE;
        for (int v = 0; v < PANE; v++) S[v] = shifted ? at->none[t * PANE + v] : splat(1.0);
        for (; p < end; p += PANE)
            for (int v = 0; v < PANE; v++) S[v] += p[v];
        for (int v = 0; v < PANE; v++) {
            const bits here = (bits)(product[v] * S[v]);
            power[v] += (here >> 52) - BIAS;
            product[v] = (vec)((here & MANTISSA) | ((uint64_t)BIAS << 52));
            S[v] = splat(1.0) / S[v];
        }
        for (p = first; p < end; p += PANE)
            for (int v = 0; v < PANE; v++) p[v] *= S[v];
    }
    for (int v = 0; v < PANE; v++) {
        mantissa[v] = product[v];
        exponent[v] = (vec)(power[v] + (bits)splat(0x1p52)) - splat(0x1p52) + lifted[v];
    }
}

/* g = -D'p of n columns. */
INLINE void slope_tile(const int n, const Booth *at, int64_t K, int64_t k, vec *g)
{
    vec s[TILE][PANE];
    const double *d = at->D + k;
    const vec *p = at->p;
    for (int c = 0; c < n; c++)
        for (int v = 0; v < PANE; v++) s[c][v] = splat(0.0);
    for (int64_t j = 0; j < at->m; j++, d += K, p += PANE)
        for (int c = 0; c < n; c++) {
            const vec x = splat(d[c]);
            for (int v = 0; v < PANE; v++) s[c][v] -= x * p[v];
        }
    for (int c = 0; c < n; c++)
        for (int v = 0; v < PANE; v++) g[(k + c) * WIDE + v] = s[c][v];
}

/* Slopes of log P in beta become those in eta. */
LOCAL void slopes_in_eta(Booth *at, const Simulating *in, int n)
{
    const int64_t K = in->K, p = in->scale;
    for (int v = 0; p >= 0 && v < n; v++) {
        const vec scale = at->f[p * WIDE + v];
        vec of_scale = -at->g[p * WIDE + v];
        for (int64_t k = 0; k < K; k++) {
            if (k == p) continue;
            of_scale += at->g[k * WIDE + v] * at->f[k * WIDE + v];
            at->g[k * WIDE + v] *= scale;
        }
        at->g[p * WIDE + v] = of_scale;
    }
    for (int64_t k = 0; k < K; k++)
        for (int v = 0; in->kind[k] && v < n; v++) at->g[k * WIDE + v] *= at->slope[k * WIDE + v];
}

/* Let the top be at least `high`. */
LOCAL void lift(Booth *at, const Simulating *in, double high)
{
    if (high <= at->top) return;
    const vec kept = splat(exp(at->top - high));
    at->top = high;
    at->total *= kept;
    for (int64_t k = 0; k < in->K; k++) at->location[k] *= kept;
    for (int64_t c = 0; c < in->K * in->Q; c++) at->spread[c] *= kept;
}

/* Add g w of `rows` columns, and their products with the points. */
INLINE void sum_tile(const int rows, Booth *at, int64_t k, int64_t Q, const vec *w, int n)
{
    vec *g = at->g + k * WIDE, s[TILE];
    for (int c = 0; c < rows; c++) {
        s[c] = at->location[k + c];
        for (int v = 0; v < n; v++) s[c] += g[c * WIDE + v] *= w[v];
        at->location[k + c] = s[c];
    }
    for (int64_t q = 0; q < Q; q++) {
        const vec *z = at->z + q * WIDE;
        for (int c = 0; c < rows; c++) s[c] = at->spread[(k + c) * Q + q];
        for (int v = 0; v < n; v++)
            for (int c = 0; c < rows; c++) s[c] += g[c * WIDE + v] * z[v];
        for (int c = 0; c < rows; c++) at->spread[(k + c) * Q + q] = s[c];
    }
}

/* Take up `many` draws, WIDE vectors at most, at their points. */
LOCAL void take_up(Booth *at, const Simulating *in, const double *points, int64_t many)
{
    const int64_t K = in->K;
    const int n = (int)(many + PANE * WIDTH - 1) / (PANE * WIDTH) * PANE;
    vec w[WIDE], mantissa[WIDE], high = splat(-INFINITY);
    const int shifted = !(tastes(at, in, points, many, n) < LEVEL);
    for (int v = 0; v < n; v += PANE) {
        if (shifted) choices(at, K, at->beta + v, 1, mantissa + v, w + v);
        else choices(at, K, at->beta + v, 0, mantissa + v, w + v);
        for (int64_t k = 0; k < K; k += TILE) WITH_ROWS(K - k, slope_tile(M, at, K, k, at->g + v))
    }
    slopes_in_eta(at, in, n);
    for (int v = 0; v < n; v++) w[v] = -(w[v] * splat(LN2) + vlog(mantissa[v]));
    for (int64_t d = many; d < n * WIDTH; d++) w[d / WIDTH][d % WIDTH] = -INFINITY;
    for (int v = 0; v < n; v++) high = larger(w[v], high);
    lift(at, in, largest(high));
    for (int v = 0; v < n; v++) at->total += w[v] = vexp(w[v] - splat(at->top));
    for (int64_t k = 0; k < K; k += TILE) WITH_ROWS(K - k, sum_tile(M, at, k, in->Q, w, n))
}

LOCAL int panel(const Simulating *in)
{
    const int64_t K = in->K, Q = in->Q;
    Booth at = {0};
    for (int64_t i = in->first; i < in->last; i++) {
        const int64_t m = in->row[in->task[i + 1]] - in->row[in->task[i]], tasks = in->task[i + 1] - in->task[i];
        if (m > at.most_rows) at.most_rows = m;
        if (tasks > at.most_tasks) at.most_tasks = tasks;
    }
    if (!furnish_booth(&at, in)) return 1;
    for (int64_t k = 0; k < K; k++) {
        at.low[k] = at.high[k] = 0;
        for (int64_t q = 0; q < Q; q++)
            if (in->L[k * Q + q] != 0.0) {
                if (at.high[k] == 0) at.low[k] = q;
                at.high[k] = q + 1;
            }
    }
    for (int64_t i = in->first; i < in->last; i++) {
        seat(&at, in, i);
        for (int64_t r = 0; r < in->R; r += WIDE * WIDTH)
            take_up(&at, in, in->Z + (i * in->R + r) * Q, in->R - r < WIDE * WIDTH ? in->R - r : WIDE * WIDTH);
        const double total = sum(at.total), lost = sum(at.poison);
        in->loglik[i] = at.top + log(total / (double)in->R) + lost;
        for (int64_t k = 0; k < K; k++) in->location[i * K + k] = sum(at.location[k]) / total + lost;
        for (int64_t c = 0; c < K * Q; c++) in->spread[i * K * Q + c] = sum(at.spread[c]) / total + lost;
    }
    free(at.memory);
    return 0;
}
