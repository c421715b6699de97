/* Posts that bring posts: what exponentially fading memories of each kind of event say of the next ones, in one pass.

   A memory of kind k and decay m is S = sum exp(-decay_m (t - t_j)) over events j of that kind strictly before t. Events of one
   moment wait in `fresh` until time moves. Features are 1, then the memories by kind and decay, padded to whole vectors; see
   cascade.py for what is computed. */

#define CHUNK 64 /* events whose intensities are taken together */

typedef struct {
    const Cascading *in;
    int64_t M, blocks, wide, features; /* vectors of a kind's decays; vectors of the features; features without padding */
    int64_t *lane;                     /* place of each feature among the padded ones */
    double *gap, *rate, *over;         /* of the chunk; 1 / intensity */
    double *fresh;                     /* events of each kind that wait */
    vec *decay, *inverse, *S, *Q, *e;  /* Q = sum (t - t_j) exp(-decay (t - t_j)) */
    vec *weight, *X, *score, *H, *area, *lag, *tilt;
    double *stepped;
    void *memory;
} Memory;

LOCAL void lay_out_memory(Memory *at, Arena *arena)
{
    const Cascading *in = at->in;
    const int64_t K = in->K, D = in->D, B = at->blocks, W = at->wide * WIDTH;
    at->lane = (int64_t *)grab(arena, 1, at->features);
    at->gap = grab(arena, 1, CHUNK);
    at->rate = grab(arena, 1, CHUNK);
    at->over = grab(arena, 1, CHUNK);
    at->fresh = grab(arena, 1, K);
    at->stepped = grab(arena, 1, D);
    at->decay = (vec *)grab(arena, B, WIDTH);
    at->inverse = (vec *)grab(arena, B, WIDTH);
    at->tilt = (vec *)grab(arena, B, WIDTH);
    at->e = (vec *)grab(arena, CHUNK, B * WIDTH);
    at->S = (vec *)grab(arena, K, B * WIDTH);
    at->Q = (vec *)grab(arena, K, B * WIDTH);
    at->area = (vec *)grab(arena, 1, W);
    at->lag = (vec *)grab(arena, 1, W);
    at->weight = (vec *)grab(arena, D, W);
    at->score = (vec *)grab(arena, D, W);
    at->X = (vec *)grab(arena, in->slope ? 2 * CHUNK : CHUNK, W);
    at->H = (vec *)grab(arena, in->curvature ? D * at->features : 1, W);
}

LOCAL int furnish_memory(Memory *at, const Cascading *in)
{
    Arena arena = {0};
    *at = (Memory){.in = in, .M = in->M, .blocks = (in->M + WIDTH - 1) / WIDTH};
    at->wide = 1 + in->K * at->blocks;
    at->features = 1 + in->K * in->M;
    for (int pass = 0; pass < 2; pass++) {
        lay_out_memory(at, &arena);
        if (arena.too_much) return 0;
        if (pass == 0) {
            at->memory = malloc(arena.used + 64);
            if (!at->memory) return 0;
            arena = (Arena){.base = (char *)(((uintptr_t)at->memory + 63) / 64 * 64)};
        }
    }
    at->lane[0] = 0;
    for (int64_t k = 0; k < in->K; k++)
        for (int64_t m = 0; m < in->M; m++) at->lane[1 + k * in->M + m] = (1 + k * at->blocks) * WIDTH + m;
    double *decay = (double *)at->decay, *inverse = (double *)at->inverse;
    for (int64_t m = 0; m < at->blocks * WIDTH; m++) {
        decay[m] = m < in->M ? in->decay[m] : 0.0;
        inverse[m] = m < in->M ? 1.0 / in->decay[m] : 0.0;
    }
    return 1;
}

/* Forget everything, and take up cascade c's weights. */
LOCAL void open_cascade(Memory *at, int64_t c)
{
    const Cascading *in = at->in;
    double *weight = (double *)at->weight;
    for (int64_t k = 0; k < in->K; k++) at->fresh[k] = 0.0;
    for (int64_t v = 0; v < in->K * at->blocks; v++) at->S[v] = at->Q[v] = splat(0.0);
    for (int64_t v = 0; v < in->D * at->wide; v++) at->weight[v] = at->score[v] = splat(0.0);
    for (int64_t v = 0; v < at->blocks; v++) at->tilt[v] = splat(0.0);
    for (int64_t v = 0; in->curvature && v < in->D * at->features * at->wide; v++) at->H[v] = splat(0.0);
    for (int64_t d = 0; d < in->D; d++) {
        at->stepped[d] = 0.0;
        for (int64_t p = 0; p < at->features; p++)
            weight[d * at->wide * WIDTH + at->lane[p]] = in->weight[(c * in->D + d) * at->features + p];
    }
}

/* Let time go on by `gap`, over which memories fade by e. */
INLINE void fade(Memory *at, double gap, const vec *e, const int lagged)
{
    for (int64_t k = 0; k < at->in->K; k++) {
        const vec fresh = splat(at->fresh[k]);
        for (int64_t b = 0; b < at->blocks; b++) {
            vec *S = at->S + k * at->blocks + b, *Q = at->Q + k * at->blocks + b;
            const vec s = *S + fresh;
            if (lagged) *Q = e[b] * (*Q + splat(gap) * s);
            *S = s * e[b];
        }
        at->fresh[k] = 0.0;
    }
}

/* Integrals over the next `gap` of segment q; before `fade`. */
LOCAL void integrate(Memory *at, int64_t q, double gap, const vec *e)
{
    const Cascading *in = at->in;
    const int64_t B = at->blocks;
    double *area = (double *)at->area, *lag = (double *)at->lag;
    at->area[0] = splat(0.0);
    area[0] = gap;
    for (int64_t k = 0; k < in->K; k++)
        for (int64_t b = 0; b < B; b++) {
            const vec s = at->S[k * B + b] + splat(at->fresh[k]), gone = splat(1.0) - e[b];
            at->area[1 + k * B + b] = s * gone * at->inverse[b];
            if (in->integral_slope)
                at->lag[1 + k * B + b] = -at->inverse[b] * (at->Q[k * B + b] * gone + s * (gone * at->inverse[b] - splat(gap) * e[b]));
        }
    for (int64_t p = 0; in->integral && p < at->features; p++) in->integral[q * at->features + p] += area[at->lane[p]];
    for (int64_t p = 1; in->integral_slope && p < at->features; p++)
        in->integral_slope[q * (at->features - 1) + p - 1] += lag[at->lane[p]];
    for (int64_t d = 0; in->step && d < in->D; d++) {
        vec total = splat(0.0);
        for (int64_t v = 0; v < at->wide; v++) total += at->weight[d * at->wide + v] * at->area[v];
        at->stepped[d] += in->factor[q] * sum(total);
    }
}

/* Go from `from` to `to` through the segments' ends, integrating; returns the segment that holds `to`. */
LOCAL int64_t travel(Memory *at, int64_t q, int64_t last, double from, double to)
{
    vec *e = at->e + (CHUNK - 1) * at->blocks; /* the last place of the chunk: it is not used by then */
    while (from < to) {
        const int crosses = q + 1 < last && at->in->cut[q + 1] <= to;
        const double gap = (crosses ? at->in->cut[q + 1] : to) - from;
        for (int64_t b = 0; b < at->blocks; b++) e[b] = vexp(splat(-gap) * at->decay[b]);
        if (gap > 0.0) {
            integrate(at, q, gap, e);
            fade(at, gap, e, at->in->integral_slope || at->in->slope);
        }
        from = crosses ? at->in->cut[++q] : to;
    }
    return q;
}

/* What an event's intensity hangs on, into the chunk's row i; its intensity. */
INLINE double look_back(Memory *at, int64_t i, int64_t d)
{
    vec *x = at->X + i * at->wide, total = splat(0.0);
    const vec *weight = at->weight + d * at->wide;
    x[0] = splat(0.0);
    x[0][0] = 1.0;
    for (int64_t v = 0; v < at->wide; v++) {
        if (v) x[v] = at->S[v - 1];
        total += weight[v] * x[v];
    }
    for (int64_t v = 1; at->in->slope && v < at->wide; v++) at->X[(CHUNK + i) * at->wide + v] = at->Q[v - 1];
    return sum(total);
}

/* Add x / rate, its square, and the slope in the decays, of the chunk's row i. */
INLINE void add_up(Memory *at, int64_t i, int64_t d)
{
    const vec *x = at->X + i * at->wide, over = splat(at->over[i]);
    vec *score = at->score + d * at->wide;
    for (int64_t v = 0; v < at->wide; v++) score[v] += over * x[v];
    if (at->in->slope) {
        const vec *Q = at->X + (CHUNK + i) * at->wide, *weight = at->weight + d * at->wide;
        for (int64_t k = 0; k < at->in->K; k++)
            for (int64_t b = 0; b < at->blocks; b++) {
                const int64_t v = 1 + k * at->blocks + b;
                at->tilt[b] -= over * weight[v] * Q[v];
            }
    }
    if (!at->in->curvature) return;
    const double square = at->over[i] * at->over[i];
    for (int64_t p = 0; p < at->features; p++) {
        const vec scale = splat(((const double *)x)[at->lane[p]] * square);
        vec *H = at->H + (d * at->features + p) * at->wide;
        for (int64_t v = at->lane[p] / WIDTH; v < at->wide; v++) H[v] += scale * x[v];
    }
}

LOCAL void close_cascade(Memory *at, int64_t c, double loglik)
{
    const Cascading *in = at->in;
    const int64_t P = at->features;
    if (in->loglik) in->loglik[c] = loglik;
    for (int64_t m = 0; in->slope && m < in->M; m++) in->slope[c * in->M + m] = ((const double *)at->tilt)[m];
    for (int64_t d = 0; d < in->D; d++) {
        const double *score = (const double *)(at->score + d * at->wide);
        for (int64_t p = 0; in->score && p < P; p++) in->score[(c * in->D + d) * P + p] = score[at->lane[p]];
        for (int64_t p = 0; in->curvature && p < P; p++) {
            const double *H = (const double *)(at->H + (d * P + p) * at->wide);
            double *out = in->curvature + (c * in->D + d) * P * P;
            for (int64_t q = p; q < P; q++) out[p * P + q] = out[q * P + p] = H[at->lane[q]];
        }
    }
}

/* Events first..last of a chunk, all of one cascade; `from` is the time before them, `q` their segment. Adds to the log likelihood. */
LOCAL double chunk(Memory *at, int64_t first, int64_t last, double *from, int64_t *q, int64_t last_q)
{
    const Cascading *in = at->in;
    const int integrals = in->integral || in->integral_slope || in->step;
    double total = 0.0;
    for (int64_t i = first; i < last; i++) at->gap[i - first] = in->time[i] - (i == first ? *from : in->time[i - 1]);
    for (int64_t i = 0; !integrals && i < last - first; i++)
        for (int64_t b = 0; b < at->blocks; b++) at->e[i * at->blocks + b] = vexp(splat(-at->gap[i]) * at->decay[b]);
    for (int64_t i = first; i < last; i++) {
        const int64_t j = i - first, k = in->kind[i];
        if (integrals) *q = travel(at, *q, last_q, i == first ? *from : in->time[i - 1], in->time[i]);
        else if (at->gap[j] > 0.0) {
            if (in->slope) fade(at, at->gap[j], at->e + j * at->blocks, 1);
            else fade(at, at->gap[j], at->e + j * at->blocks, 0);
        }
        at->rate[j] = k < in->D ? look_back(at, j, k) : 1.0;
        if (in->intensity) in->intensity[i] = k < in->D ? in->factor[*q] * at->rate[j] : 0.0;
        for (int64_t d = 0; in->step && d < in->D; d++) {
            in->step[i * in->D + d] = at->stepped[d];
            at->stepped[d] = 0.0;
        }
        at->fresh[k] += 1.0;
    }
    *from = in->time[last - 1];
    for (int64_t j = last - first; j < CHUNK; j++) at->rate[j] = 1.0;
    for (int64_t j = 0; j < CHUNK; j += WIDTH) store(at->over + j, splat(1.0) / load(at->rate + j));
    for (int64_t i = first; in->score && i < last; i++)
        if (in->kind[i] < in->D) add_up(at, i - first, in->kind[i]);
    log_all(at->rate, at->rate, CHUNK);
    for (int64_t j = 0; j < CHUNK; j++) total += at->rate[j];
    return total;
}

LOCAL int cascade(const Cascading *in)
{
    Memory at;
    if (!furnish_memory(&at, in)) return 1;
    for (int64_t c = in->first; c < in->last; c++) {
        const int64_t last_q = in->cut_row[c + 1];
        int64_t q = in->cut_row[c];
        double from = 0.0, loglik = 0.0;
        open_cascade(&at, c);
        for (int64_t i = in->row[c]; i < in->row[c + 1]; i += CHUNK)
            loglik += chunk(&at, i, i + CHUNK < in->row[c + 1] ? i + CHUNK : in->row[c + 1], &from, &q, last_q);
        if (in->integral || in->integral_slope) travel(&at, q, last_q, from, in->until[c]);
        close_cascade(&at, c, loglik);
    }
    free(at.memory);
    return 0;
}
