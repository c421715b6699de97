/* Prices that clear: the zeta fixed point of Morrow & Skerlos (2011), finished with Newton's method. clearing.py says it
   in formulas; both sides take the same steps. */

#define NEAR 0.01       /* relative error below which Newton's method may try */
#define TOO_SLOW 0.25   /* a rate worse than this forms the derivatives anew */
#define AT_ROUNDING 1e-10
#define REST 10         /* steps of the fixed point after Newton's first failure, then twice as many each time */
#define NOTHING 1e-100 /* a marginal utility of money that is none */
#define FAR_OFF 1e3     /* times the market's largest price or cost: beyond it prices have run away */

enum { CLEARED, NONE, LIMIT };
enum { OF_S, OF_L, OF_C, SUMS }; /* sums over buyers: s, Lambda, sum_i v_i P_ij m_if */

/* `P` is product by product, and still has to be multiplied by `d`, the inverse denominators, but after shop_slopes.
   `of_firm` holds sum_k P_k eta_k firm by firm. Small vectors have one entry a product. */
typedef struct {
    int64_t most_rows, most_buyers, J, n, firms, stride;
    const Problem *problem;
    const Clearing *in;
    int64_t from; /* the market's first row */
    double *w, *a, *v, *d, *B, *top, *U, *P, *of_firm, *parts, *A, *inverse;
    double *sum[SUMS], *p, *pay, *eta, *low, *high, *kink, *per, *g, *G, *target, *before, *move, *step;
    int64_t *firm, *pivot;
    unsigned char *held, *upward;
    int small, calm; /* utilities but for price, and with it, that cannot overflow; prices then only lower them */
    vec *left;
    void *memory;
} Shop;

LOCAL void shop_layout(Shop *shop, Arena *arena)
{
    const int64_t I = vectors(shop->most_buyers) * WIDTH, J = padded(shop->most_rows);
    double **buyers[] = {&shop->w, &shop->a, &shop->v, &shop->d, &shop->top};
    double **products[] = {&shop->p, &shop->pay, &shop->eta, &shop->low, &shop->high, &shop->kink, &shop->per, &shop->g, &shop->G,
                           &shop->target, &shop->before, &shop->move, &shop->step, &shop->inverse};
    for (size_t i = 0; i < sizeof buyers / sizeof *buyers; i++) *buyers[i] = grab(arena, 1, I);
    for (size_t i = 0; i < sizeof products / sizeof *products; i++) *products[i] = grab(arena, 1, J);
    for (int i = 0; i < SUMS; i++) shop->sum[i] = grab(arena, 1, J);
    shop->B = grab(arena, shop->problem->K, I);
    shop->U = grab(arena, J, I);
    shop->P = grab(arena, J, I);
    shop->of_firm = grab(arena, J, I);
    shop->parts = grab(arena, J, SUMS * WIDTH);
    shop->A = grab(arena, J, J);
    shop->left = (vec *)grab(arena, PANEL, I);
    shop->firm = (int64_t *)grab(arena, 1, J);
    shop->pivot = (int64_t *)grab(arena, 1, J);
    shop->held = (unsigned char *)grab(arena, 1, J);
    shop->upward = (unsigned char *)grab(arena, 1, J);
}

LOCAL int shop_open(Shop *shop, const Problem *problem, const Clearing *in)
{
    memset(shop, 0, sizeof *shop);
    shop->problem = problem;
    shop->in = in;
    for (int64_t t = problem->first; t < problem->last; t++) {
        int64_t J = problem->row[t + 1] - problem->row[t], I = problem->buyer[t + 1] - problem->buyer[t];
        if (J > shop->most_rows) shop->most_rows = J;
        if (I > shop->most_buyers) shop->most_buyers = I;
    }
    Arena arena = {0};
    shop_layout(shop, &arena);
    if (arena.too_much || !(shop->memory = malloc(arena.used + 64))) return 0;
    arena = (Arena){.base = (char *)(((uintptr_t)shop->memory + 63) / 64 * 64)};
    shop_layout(shop, &arena);
    return 1;
}

/* Bring in market t: utilities but for price, firms by number, where the subsidies end. */
LOCAL void shop_enter(Shop *shop, int64_t t)
{
    const Problem *problem = shop->problem;
    const Clearing *in = shop->in;
    const int64_t buyer = problem->buyer[t], I = problem->buyer[t + 1] - buyer, K = problem->K;
    shop->from = problem->row[t];
    shop->J = problem->row[t + 1] - shop->from;
    shop->n = vectors(I);
    shop->stride = padded(shop->J);
    fetch(problem->w + buyer, I, shop->n, shop->w);
    fetch(in->alpha + buyer, I, shop->n, shop->a);
    for (int64_t i = 0; i < shop->n * WIDTH; i++) shop->v[i] = shop->w[i] * shop->a[i];
    for (int64_t k = 0; k < K; k++) fetch(problem->B + k * problem->A + buyer, I, shop->n, shop->B + k * shop->n * WIDTH);
    vec most = splat(0.0);
    shop->firms = 0;
    for (int64_t j = 0; j < shop->J; j++) {
        const int64_t row = shop->from + j;
        vec *U = (vec *)shop->U + j * shop->n;
        for (int64_t v = 0; v < shop->n; v++) U[v] = splat(in->base[row]);
        for (int64_t k = 0; k < K; k++) {
            const vec x = splat(problem->X[row * K + k]), *B = (const vec *)shop->B + k * shop->n;
            for (int64_t v = 0; v < shop->n; v++) U[v] += x * B[v];
        }
        for (int64_t v = 0; v < shop->n; v++) most = larger(U[v], most);
        shop->p[j] = in->start[row];
        shop->high[j] = 1.0 + in->tax[row];
        shop->low[j] = shop->high[j] - in->rate[row];
        shop->per[j] = 1.0 / shop->high[j];
        shop->kink[j] = in->rate[row] > 0.0 ? in->cap[row] / in->rate[row] : (double)INFINITY;
        int64_t k = 0;
        while (k < j && in->firm[shop->from + k] != in->firm[row]) k++;
        shop->firm[j] = k < j ? shop->firm[k] : shop->firms++;
    }
    shop->small = largest(most) < UNSHIFTED;
    for (int64_t i = 0; i < shop->n * WIDTH; i++) shop->small &= shop->a[i] <= 0.0;
    memset(shop->top, 0, (size_t)(shop->n * BYTES));
}

/* Largest utility of each of a block's buyers, or zero where there is nothing to fear. */
INLINE void shop_tops(const int m, Shop *shop, int64_t v)
{
    if (shop->calm) return;
    const vec *U = (const vec *)shop->U + v, *a = (const vec *)shop->a + v;
    vec *top = (vec *)shop->top + v, most = splat(0.0);
    for (int i = 0; i < m; i++) top[i] = splat(0.0);
    for (int64_t j = 0; j < shop->J; j++)
        for (int i = 0; i < m; i++) top[i] = larger(U[j * shop->n + i] + a[i] * splat(shop->pay[j]), top[i]);
    for (int i = 0; i < m; i++) most = larger(top[i], most);
    if (largest(most) < UNSHIFTED)
        for (int i = 0; i < m; i++) top[i] = splat(0.0);
}

/* One block of m vectors of buyers: probabilities, and what they add to the sums. */
INLINE void shop_block(const int m, Shop *shop, int64_t v)
{
    const int64_t n = shop->n, J = shop->J;
    const vec *U = (const vec *)shop->U + v, *a = (const vec *)shop->a + v, *top = (const vec *)shop->top + v;
    const vec *w = (const vec *)shop->w + v, *va = (const vec *)shop->v + v;
    vec *P = (vec *)shop->P + v, *of_firm = (vec *)shop->of_firm + v, *parts = (vec *)shop->parts;
    vec d[BLOCK], wd[BLOCK], vd[BLOCK];
    shop_tops(m, shop, v);
    for (int i = 0; i < m; i++) d[i] = shop->calm ? splat(1.0) : vexp(-top[i]);
    for (int64_t j = 0; j < J; j++)
        for (int i = 0; i < m; i++) {
            vec e = vexp(U[j * n + i] + a[i] * splat(shop->pay[j]) - top[i]);
            P[j * n + i] = e;
            d[i] += e;
        }
    for (int i = 0; i < m; i++) {
        d[i] = splat(1.0) / d[i];
        store(shop->d + (v + i) * WIDTH, d[i]);
        wd[i] = w[i] * d[i], vd[i] = va[i] * d[i];
    }
    for (int64_t f = 0; f < shop->firms; f++)
        for (int i = 0; i < m; i++) of_firm[f * n + i] = splat(0.0);
    for (int64_t j = 0; j < J; j++) {
        vec *part = parts + j * SUMS, *sold = of_firm + shop->firm[j] * n, eta = splat(shop->eta[j]);
        vec s = part[OF_S], L = part[OF_L];
        for (int i = 0; i < m; i++) {
            vec x = P[j * n + i];
            s += wd[i] * x, L += vd[i] * x;
            sold[i] += x * eta;
        }
        part[OF_S] = s, part[OF_L] = L;
    }
    for (int64_t f = 0; f < shop->firms; f++)
        for (int i = 0; i < m; i++) of_firm[f * n + i] *= d[i];
    for (int64_t j = 0; j < J; j++) {
        vec *part = parts + j * SUMS, *sold = of_firm + shop->firm[j] * n, even = part[OF_C], odd = splat(0.0);
        for (int i = 0; i + 1 < m; i += 2) {
            even += vd[i] * (P[j * n + i] * sold[i]);
            odd += vd[i + 1] * (P[j * n + i + 1] * sold[i + 1]);
        }
        if (m % 2) even += vd[m - 1] * (P[j * n + m - 1] * sold[m - 1]);
        part[OF_C] = even + odd;
    }
}

INLINE int64_t shop_next(const Shop *shop, int64_t v)
{
    int64_t blocks = (shop->n - v + BLOCK - 1) / BLOCK;
    return (shop->n - v + blocks - 1) / blocks;
}

/* Everything that the conditions are made of, at the prices p. */
LOCAL void shop_sums(Shop *shop)
{
    const Clearing *in = shop->in;
    shop->calm = shop->small;
    for (int64_t j = 0; j < shop->J; j++) {
        const int64_t row = shop->from + j;
        double back = in->rate[row] * shop->p[j];
        shop->pay[j] = shop->high[j] * shop->p[j] + in->unit[row] - (back < in->cap[row] ? back : in->cap[row]);
        shop->eta[j] = shop->p[j] - in->mc[row];
        shop->calm &= shop->pay[j] >= 0.0;
    }
    memset(shop->parts, 0, (size_t)(shop->J * SUMS * BYTES));
    for (int64_t v = 0, m; v < shop->n; v += m) {
        m = shop_next(shop, v);
        WITH_CONSTANT(m, shop_block(M, shop, v))
    }
    for (int64_t j = 0; j < shop->J; j++)
        for (int i = 0; i < SUMS; i++) shop->sum[i][j] = sum(load(shop->parts + (j * SUMS + i) * WIDTH));
}

typedef struct {
    double error;
    int up, away; /* demand that grows with the price, and where it has carried the price off */
} Where;

/* Targets, conditions and what is left of them: the largest ratio, found without dividing. */
LOCAL Where shop_conditions(Shop *shop, double ceiling)
{
    const Clearing *in = shop->in;
    Where at = {0};
    double left = 0.0, whole = 1.0;
    for (int64_t j = 0; j < shop->J; j++) {
        const double s = shop->sum[OF_S][j], L = shop->sum[OF_L][j], C = shop->sum[OF_C][j], p = shop->p[j];
        const double mc = in->mc[shop->from + j], kink = shop->kink[j], over = 1.0 / L;
        const int frozen = in->frozen[shop->from + j], bent = shop->high[j] > shop->low[j];
        const double high = mc + (C - s * shop->per[j]) * over, low = bent ? mc + (C - s / shop->low[j]) * over : high;
        const int below = low < kink;
        double target = below ? low : high > kink ? high : kink;
        if (!bent) target = high;
        int held = frozen || (bent && !below && high <= kink);
        if (!(s > 0.0)) target = mc, held = 1;
        if (frozen) target = p;
        const double sg = bent && below ? s / shop->low[j] : s * shop->per[j], lost = L * shop->eta[j] - C;
        double top = fabs(sg + lost), bottom = sg + fabs(lost);
        if (held) {
            bottom = fabs(target) > fabs(p) ? fabs(target) : fabs(p);
            bottom = bottom > DBL_MIN ? bottom : DBL_MIN;
            top = fabs(target - p);
        }
        if (!(top * whole <= left * bottom)) left = top, whole = bottom;
        shop->upward[j] = !frozen && L >= 0.0 && s > 0.0;
        at.up |= shop->upward[j];
        at.away |= (shop->upward[j] && p > ceiling) || !isfinite(p);
        shop->g[j] = below ? shop->low[j] : shop->high[j];
        shop->G[j] = sg + lost, shop->target[j] = target, shop->held[j] = (unsigned char)held;
    }
    at.error = left / whole;
    return at;
}

/* Sums over the firm's own pairs: sum_i v_i P_ij P_ik (1 + alpha_i g_k eta_k). */
LOCAL void shop_within(Shop *shop)
{
    const vec *v = (const vec *)shop->v, *a = (const vec *)shop->a, *P = (const vec *)shop->P;
    for (int64_t j = 0; j < shop->J; j++)
        for (int64_t k = j; k < shop->J; k++) {
            if (shop->firm[j] != shop->firm[k]) continue;
            const vec *x = P + j * shop->n, *y = P + k * shop->n;
            vec q = splat(0.0), r = splat(0.0);
            for (int64_t i = 0; i < shop->n; i++) {
                vec both = x[i] * y[i] * v[i];
                q += both, r += a[i] * both;
            }
            const double Q = sum(q), R = sum(r);
            shop->A[j * shop->stride + k] -= Q + R * shop->g[k] * shop->eta[k];
            if (k > j) shop->A[k * shop->stride + j] -= Q + R * shop->g[j] * shop->eta[j];
        }
}

/* dG / dp, row by row; rows that are held have the identity. */
LOCAL void shop_slopes(Shop *shop)
{
    const int64_t J = shop->J, n = shop->n, stride = shop->stride;
    const vec *v = (const vec *)shop->v, *a = (const vec *)shop->a, *d = (const vec *)shop->d;
    vec *P = (vec *)shop->P;
    double *cross = shop->step; /* sum_i v_i alpha_i P_ij (eta_j - m_if) */
    for (int64_t j = 0; j < J; j++)
        for (int64_t i = 0; i < n; i++) P[j * n + i] *= d[i];
    memset(shop->A, 0, (size_t)(stride * stride) * sizeof *shop->A);
    for (int64_t j0 = 0; j0 < J; j0 += PANEL) {
        for (int r = 0; r < PANEL; r++) {
            const int64_t j = j0 + r < J ? j0 + r : J - 1;
            const vec eta = splat(shop->eta[j]), per = splat(1.0 / shop->g[j]), two = splat(2.0);
            const vec *m = (const vec *)shop->of_firm + shop->firm[j] * n;
            vec net = splat(0.0);
            for (int64_t i = 0; i < n; i++) {
                const vec x = P[j * n + i] * v[i], ax = a[i] * x;
                net += ax * (eta - m[i]);
                shop->left[i * PANEL + r] = ax * (two * m[i] - eta) - per * x;
            }
            cross[j] = sum(net);
        }
        for (int64_t k = 0; k < J; k += 3) {
            double out[PANEL][3];
            const vec *y[3];
            for (int c = 0; c < 3; c++) y[c] = P + (k + c < J ? k + c : J - 1) * n;
            tile(shop->left, y[0], y[1], y[2], n, out);
            for (int64_t j = j0; j < j0 + PANEL && j < J; j++)
                for (int64_t c = k; c < k + 3 && c < J; c++) shop->A[j * stride + c] = out[j - j0][c - k] * shop->g[c];
        }
    }
    shop_within(shop);
    for (int64_t j = 0; j < stride; j++) {
        double *row = shop->A + j * stride;
        if (j < J && !shop->held[j]) {
            row[j] += 2.0 * shop->sum[OF_L][j] + shop->g[j] * cross[j];
            continue;
        }
        memset(row, 0, (size_t)stride * sizeof *row);
        row[j] = 1.0;
    }
}

/* Where a market's search stands: the fields of _Search in clearing.py. */
typedef struct {
    double last, damp, ceiling;
    int64_t rest, pause;
    int newton;
} Search;

LOCAL Search shop_start(const Shop *shop)
{
    double most = 0.0, money = 0.0;
    for (int64_t j = 0; j < shop->J; j++) {
        const double p = fabs(shop->p[j]), mc = fabs(shop->in->mc[shop->from + j]);
        most = p > most ? p : most;
        most = mc > most ? mc : most;
    }
    for (int64_t i = 0; i < shop->n * WIDTH; i++) money = fabs(shop->a[i]) > money ? fabs(shop->a[i]) : money;
    money = money > NOTHING ? 1.0 / money : 0.0;
    return (Search){.last = INFINITY, .damp = 1.0, .ceiling = FAR_OFF * (most > money ? most : money), .pause = REST};
}

/* Newton's step with the factors at hand, or new ones; 0 where there is none. */
LOCAL int shop_newton(Shop *shop, int stale)
{
    if (stale) {
        shop_slopes(shop);
        if (!lu_factor(shop->A, shop->stride, shop->pivot, shop->inverse)) return 0;
    }
    for (int64_t j = 0; j < shop->stride; j++)
        shop->step[j] = j >= shop->J ? 0.0 : shop->held[j] ? shop->target[j] - shop->p[j] : -shop->G[j];
    lu_solve(shop->A, shop->stride, shop->pivot, shop->inverse, shop->step);
    for (int64_t j = 0; j < shop->J; j++)
        if (!isfinite(shop->step[j])) return 0;
    return 1;
}

LOCAL void shop_step(Shop *shop, Search *at, Where where)
{
    const int64_t J = shop->J;
    const int failed = at->newton && !(where.error < 0.5 * at->last);
    double along = 0.0;
    if (failed) at->rest = at->pause, at->pause *= 2;
    else if (at->rest > 0) at->rest--;
    for (int64_t j = 0; j < J; j++) {
        const double p = shop->p[j], size = fabs(p) > at->ceiling / FAR_OFF ? fabs(p) : at->ceiling / FAR_OFF;
        const double move = shop->upward[j] ? 0.5 * size : shop->target[j] - p;
        along += move * shop->move[j];
        shop->move[j] = move;
    }
    if (!at->newton && along < 0.0 && where.error > 0.9 * at->last) at->damp *= 0.5;
    const int stale = !(at->newton && where.error <= TOO_SLOW * at->last);
    int newton = where.error < NEAR && where.error < at->last && at->rest == 0 && !where.up;
    if (newton) newton = shop_newton(shop, stale);
    for (int64_t j = 0; j < J; j++) {
        const double zeta = failed ? shop->before[j] : shop->p[j] + at->damp * shop->move[j];
        if (newton) shop->before[j] = zeta;
        shop->p[j] = newton ? shop->p[j] + shop->step[j] : zeta;
    }
    at->last = where.error;
    at->newton = newton;
}

LOCAL int clear(const Problem *problem, const Clearing *in)
{
    Shop shop;
    if (!shop_open(&shop, problem, in)) return 1;
    for (int64_t t = problem->first; t < problem->last; t++) {
        shop_enter(&shop, t);
        Search at = shop_start(&shop);
        int64_t count = 0, status = shop.J ? LIMIT : CLEARED;
        double error = 0.0;
        for (int64_t j = 0; j < shop.J; j++) shop.move[j] = 0.0;
        while (shop.J && count < in->limit) {
            count++;
            shop_sums(&shop);
            const Where where = shop_conditions(&shop, at.ceiling);
            error = where.error;
            const int stalled = at.newton && error <= AT_ROUNDING && error >= 0.5 * at.last;
            if (where.away) status = NONE;
            else if (error <= in->tolerance || stalled) status = where.up ? NONE : CLEARED;
            if (status != LIMIT) break;
            shop_step(&shop, &at, where);
        }
        in->gradient[t] = error, in->iterations[t] = count, in->status[t] = status;
        for (int64_t j = 0; j < shop.J; j++) {
            in->p[shop.from + j] = status == CLEARED ? shop.p[j] : NAN;
            in->s[shop.from + j] = status == CLEARED ? shop.sum[OF_S][j] : NAN;
        }
    }
    free(shop.memory);
    return 0;
}
