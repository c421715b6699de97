/* Mean utilities from shares: chord Newton on the logarithms of shares, with the factor of an earlier theta. */

#define FAR 3.0            /* contraction steps while some share is off by more, in logs */
#define WORST_RATE 0.25    /* factor again where a step gains less */
#define LONGEST 4.0        /* a Newton step, in any mean utility */
#define LONGEST_PLAIN 30.0 /* a contraction step, where a share is zero */
#define AFTER_FAILURE 6    /* damped steps; contractions where there is no factor */
#define AT_FIRST 1         /* contraction, without a factor */
#define ROUNDING 1e-11     /* a residual that may be all rounding */
#define REBASE 64.0        /* form exp(mu) again when a mean utility moved by more */

typedef struct {
    Room *room;
    const Problem *p;
    int64_t columns, *slot; /* slot[p]: place of parameter p's column among those used */
    double *base, *x, *last, *log_s, *gap, *step; /* delta = base + x */
    double *U, *pivots, *rhs;
    double *C, *means, *moments;
    const double *target;
    double none, none_gap, merit; /* observed share of buying nothing; log none - log s_none; what a step must lessen */
    int64_t many, evaluations;
    int factored;
} Solver;

LOCAL void lay_out_solver(void *whole, Arena *arena)
{
    Solver *o = whole;
    const int64_t J = padded(o->room->most_rows), I = vectors(o->room->most_buyers) * WIDTH, P = o->p->P;
    o->many = vectors(P);
    o->slot = (int64_t *)grab(arena, 1, P);
    double **each[] = {&o->base, &o->x, &o->last, &o->log_s, &o->gap, &o->step, &o->pivots};
    for (size_t i = 0; i < sizeof each / sizeof *each; i++) *each[i] = grab(arena, 1, J);
    o->U = grab(arena, J, J);
    o->rhs = grab(arena, J, o->many * WIDTH);
    o->C = grab(arena, J, padded(P));
    o->means = grab(arena, padded(P), I);
    o->moments = grab(arena, PANEL, padded(J + 3));
}

/* Number the columns that parameters move; return how many. */
LOCAL int64_t number_columns(const Problem *p, int64_t *slot, int64_t *column_of)
{
    int64_t used = 0;
    for (int64_t i = 0; i < p->P; i++) {
        int64_t c = 0;
        while (c < used && column_of[c] != p->column[i]) c++;
        if (c == used) column_of[used++] = p->column[i];
        slot[i] = c;
    }
    return used;
}

/* Shares at base + x; returns max |log S - log s|, infinity where a share is zero, NaN where none is defined. */
LOCAL double look(Solver *o, int form)
{
    Room *room = o->room;
    const int64_t J = room->J;
    double worst = 0.0;
    for (int64_t j = 0; j < J; j++) form |= !(fabs(o->x[j]) <= REBASE);
    if (form)
        for (int64_t j = 0; j < J; j++) o->base[j] += o->x[j], o->last[j] -= o->x[j], o->x[j] = 0.0;
    exp_all(o->x, room->y, padded(J));
    shares_at(room, form ? o->base : NULL);
    for (int64_t j = J; j < padded(J); j++) room->s[j] = 1.0;
    log_all(room->s, o->log_s, padded(J));
    o->evaluations++;
    int undefined = 0;
    for (int64_t j = 0; j < J; j++) {
        o->gap[j] = o->target[j] - o->log_s[j];
        double size = fabs(o->gap[j]);
        undefined |= size != size;
        if (size > worst) worst = size;
    }
    /* `none` is a difference: what its rounding leaves in the gap is not asked for. */
    o->none_gap = room->s_none > 0.0 ? log(o->none / room->s_none) : LONGEST_PLAIN;
    o->merit = fabs(o->none_gap) - 1e-14 / o->none;
    o->merit = o->merit > worst ? o->merit : worst;
    return undefined ? NAN : worst;
}

/* Factor diag(s) - P W P' at the latest shares. */
LOCAL int factor_here(Solver *o)
{
    Room *room = o->room;
    probabilities(room);
    laplacian(room->P, room->none, room->w, room->J, room->n, room->left, o->U);
    return cholesky(o->U, padded(room->J), o->pivots);
}

/* Read the factor an earlier inversion left, U row by row; 0 where it left none. */
LOCAL int read_factor(Solver *o, const double *from)
{
    const int64_t J = o->room->J, stride = padded(J);
    memset(o->U, 0, (size_t)(stride * stride) * sizeof *o->U);
    for (int64_t j = 0; j < J; j++) {
        double pivot = from[j * J + j];
        if (!(pivot > 0.0) || !(pivot < DBL_MAX)) return 0;
        o->pivots[j] = 1.0 / pivot;
        memcpy(o->U + j * stride, from + j * J, (size_t)J * sizeof *from);
        for (int64_t k = 0; k < j; k++) o->U[j * stride + k] = 0.0; /* it may be another's */
    }
    for (int64_t j = J; j < stride; j++) o->U[j * stride + j] = o->pivots[j] = 1.0;
    return 1;
}

LOCAL void write_factor(const Solver *o, double *to)
{
    const int64_t J = o->room->J, stride = padded(J);
    for (int64_t j = 0; j < J; j++) memcpy(to + j * J, o->U + j * stride, (size_t)J * sizeof *to);
}

typedef enum { CONTRACTION, NEWTON, DAMPED } Move;

/* Move x. A contraction adds the gap. Newton's step is the one for log s_j - log s_0, exact in the logit: A step =
   s (gap - mean gap), the mean over all that is chosen and nothing. The damped step A step = S - s is shortened so that it
   lessens sum_i w_i log(1 + sum_j exp(delta_j + mu_ij)) - S'delta, whose third derivative along a step of length 1 is below
   twice its second: wherever it starts it gets there. */
LOCAL void advance(Solver *o, Move move)
{
    const int64_t J = o->room->J;
    const double *s = o->room->s, *gap = o->gap;
    double *step = o->step, most = move == CONTRACTION ? LONGEST_PLAIN : LONGEST, rate = 1.0;
    double mean = o->room->s_none * o->none_gap, all = o->room->s_none;
    for (int64_t j = 0; j < J; j++) mean += s[j] * gap[j], all += s[j];
    for (int64_t j = 0; j < J; j++)
        step[j] = move == CONTRACTION ? gap[j] : move == NEWTON ? s[j] * (gap[j] - mean / all) : s[j] * expm1(gap[j]);
    for (int64_t j = J; j < padded(J); j++) step[j] = 0.0;
    if (move != CONTRACTION) solve_one(o->U, padded(J), o->pivots, step);
    if (move == DAMPED) {
        double longest = 1e-9;
        for (int64_t j = 0; j < J; j++) longest = fabs(step[j]) > longest ? fabs(step[j]) : longest;
        rate = log1p(2 * longest) / (2 * longest);
    }
    for (int64_t j = 0; j < J; j++) {
        const double by = rate * step[j];
        o->last[j] = o->x[j];
        o->x[j] += by > most ? most : by < -most ? -most : by == by ? by : 0.0;
    }
}

/* Go back to where the last step began. */
LOCAL double go_back(Solver *o)
{
    memcpy(o->x, o->last, (size_t)o->room->J * sizeof *o->x);
    return look(o, 0);
}

/* Whether base + x gives the shares wanted; *residual tells how well. */
LOCAL int solve_market(Solver *o, const Inverting *in, double *residual)
{
    int contractions = o->factored ? 0 : AT_FIRST, damped = 0, fresh = 0;
    double now = look(o, 1);
    while (*residual = now == now ? now : INFINITY, !(now <= in->tolerance)) {
        const int near = now <= FAR && !contractions;
        if (now != now || o->evaluations + near >= in->limit) return 0; /* a Newton step may have to be taken back */
        if (near && (!o->factored || damped)) {
            fresh = o->factored = factor_here(o);
            if (!fresh) {
                contractions = AFTER_FAILURE;
                continue;
            }
        }
        const Move move = !near ? CONTRACTION : damped ? DAMPED : NEWTON;
        const double before = o->merit;
        advance(o, move);
        contractions -= contractions > 0;
        damped -= move == DAMPED;
        const double next = look(o, 0);
        const int lessened = o->merit < before;
        if (move == NEWTON && !lessened && now <= ROUNDING) {
            *residual = next <= ROUNDING ? next : go_back(o);
            return 1;
        }
        if (move == NEWTON && !lessened) {
            now = go_back(o);
            if (fresh) damped = AFTER_FAILURE;
            o->factored = 0;
        } else {
            if (move != NEWTON || o->merit > WORST_RATE * before) o->factored = o->factored && move == CONTRACTION;
            now = next;
        }
        fresh = 0;
    }
    return 1;
}

/* D = A^-1 (-Bp), Bp_jp = sum_i w_i P_ij G_pi (X_jc - xbar_ic), with A's factor and P as they stand. */
LOCAL void derivative(Solver *o, double *D)
{
    Room *room = o->room;
    const Problem *p = o->p;
    const int64_t J = room->J, n = room->n, P = p->P, width = o->many * WIDTH, M = o->columns;
    const int64_t from = p->buyer[room->t], I = p->buyer[room->t + 1] - from, spread = padded(J + 3);
    memset(o->rhs, 0, (size_t)(padded(J) * width) * sizeof *o->rhs);
    for (int64_t j = 0; j < J; j++)
        for (int64_t i = 0; i < P; i++) o->C[j * M + o->slot[i]] = room->X[j * room->K + p->column[i]];
    combine(room->P, J, n, o->C, M, o->means);
    for (int64_t first = 0; first < P; first += 2) {
        const int pair = first + 1 < P;
        double *const *G = room->spare;
        for (int r = 0; r <= pair; r++) fetch(p->G + (first + r) * p->A + from, I, n, G[r]);
        for (int64_t v = 0; v < n; v++)
            for (int r = 0; r <= pair; r++) {
                vec g = load(G[r] + v * WIDTH) * load(room->w + v * WIDTH);
                room->left[v * PANEL + 2 * r] = g;
                room->left[v * PANEL + 2 * r + 1] = g * load(o->means + (o->slot[first + r] * n + v) * WIDTH);
            }
        moments_of(room->left, 2 + 2 * pair, room->P, J, n, o->moments, spread);
        for (int r = 0; r <= pair; r++)
            for (int64_t j = 0; j < J; j++)
                o->rhs[j * width + first + r] = o->moments[(2 * r + 1) * spread + j] -
                                                room->X[j * room->K + p->column[first + r]] * o->moments[2 * r * spread + j];
    }
    solve_many(o->U, padded(J), o->pivots, o->rhs, o->many);
    for (int64_t j = 0; j < J; j++) memcpy(D + j * P, o->rhs + j * width, (size_t)P * sizeof *D);
}

LOCAL void blank(double *at, int64_t n)
{
    for (int64_t i = 0; i < n; i++) at[i] = NAN;
}

LOCAL void invert_market(Solver *o, const Inverting *in, int64_t t, int64_t square)
{
    Room *room = o->room;
    const Problem *p = o->p;
    const int64_t from = p->row[t];
    enter(room, p, t);
    const int64_t J = room->J;
    int defined = 1;
    o->target = in->log_s + from;
    o->evaluations = 0;
    o->none = 0.0;
    for (int64_t i = 0; i < room->n * WIDTH; i++) o->none += room->w[i];
    for (int64_t j = 0; j < J; j++) o->none -= exp(o->target[j]);
    defined &= o->none > 0.0 || J == 0;
    for (int64_t j = 0; j < padded(J); j++) {
        o->base[j] = j < J ? in->start[from + j] : 0.0;
        o->x[j] = o->last[j] = 0.0;
        defined &= fabs(o->base[j]) < DBL_MAX && (j >= J || fabs(o->target[j]) < DBL_MAX);
    }
    o->factored = in->factor && read_factor(o, in->factor + square);
    in->residual[t] = INFINITY;
    in->converged[t] = defined && solve_market(o, in, in->residual + t) && factor_here(o);
    in->evaluations[t] = o->evaluations;
    for (int64_t j = 0; j < J; j++) in->delta[from + j] = o->base[j] + o->x[j];
    if (in->converged[t]) {
        write_factor(o, in->L + square);
        derivative(o, in->D + from * p->P);
    } else {
        blank(in->L + square, J * J);
        blank(in->D + from * p->P, J * p->P);
    }
}

LOCAL int invert(const Problem *p, const Inverting *in)
{
    Room room;
    Solver solver = {.room = &room, .p = p};
    int64_t square = 0;
    size_up(&room, p);
    int64_t *column_of = malloc((size_t)(p->P + 1) * sizeof *column_of);
    if (!column_of || !furnish(&room, &solver, lay_out_solver)) {
        free(column_of);
        return 1;
    }
    solver.columns = number_columns(p, solver.slot, column_of);
    for (int64_t t = 0; t < p->last; t++) {
        const int64_t J = p->row[t + 1] - p->row[t];
        if (t >= p->first) invert_market(&solver, in, t, square);
        square += J * J;
    }
    free(column_of);
    free(room.memory);
    return 0;
}
