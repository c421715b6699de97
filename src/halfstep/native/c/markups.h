/* Bertrand-Nash markups and their slopes, firm by firm: eta solves, for every product j of firm f,

       s_j + sum_i w_i a_i P_ij (eta_j - h_if) = 0,   h_if = sum_{k in f} P_ik eta_k

   that is A eta = s with A = diag(sum_i v_i P_ij) - P V P' over f's products, v = -w a. Along theta A deta = c, where
   c is what the conditions change by with eta held. Products are sorted by firm first. */

typedef struct {
    Room *room;
    const Problem *p;
    int64_t columns, *slot, *column_of, *order, *start; /* start[f]: first sorted row of firm f */
    int64_t firms, many;
    double *X, *delta, *D;                /* sorted */
    double *v, *own, *others, *A, *pivots, *rhs;
    double *C, *market, *firm, *moments, *eta; /* rows over buyers: market (columns, P), firm (1, columns, P) */
    double *G, *da, *a;
} Firms;

LOCAL void lay_out_firms(void *whole, Arena *arena)
{
    Firms *o = whole;
    const int64_t J = padded(o->room->most_rows), I = vectors(o->room->most_buyers) * WIDTH, P = o->p->P;
    o->many = vectors(P + 1);
    int64_t **integers[] = {&o->slot, &o->column_of, &o->order, &o->start};
    for (int i = 0; i < 4; i++) *integers[i] = (int64_t *)grab(arena, 1, (i < 2 ? P : J) + 1);
    o->X = grab(arena, J, o->p->K);
    o->D = grab(arena, J, P);
    double **rows[] = {&o->delta, &o->pivots, &o->eta};
    for (int i = 0; i < 3; i++) *rows[i] = grab(arena, 1, J);
    double **buyers[] = {&o->v, &o->G, &o->da, &o->a};
    for (int i = 0; i < 4; i++) *buyers[i] = grab(arena, 1, I);
    o->own = grab(arena, J, I);
    o->others = grab(arena, J, I);
    o->A = grab(arena, J, J);
    o->rhs = grab(arena, J, o->many * WIDTH);
    o->C = grab(arena, J, 2 * P + 1);
    o->market = grab(arena, 2 * P, I);
    o->firm = grab(arena, 2 * P + 1, I);
    o->moments = grab(arena, PANEL, padded(J + 3));
}

/* Sort the market's rows by firm; stable. */
LOCAL void sort_by_firm(Firms *o, const int64_t *firm)
{
    const int64_t J = o->room->J;
    o->firms = 0;
    for (int64_t j = 0; j < J; j++) {
        int64_t at = j;
        for (; at > 0 && firm[o->order[at - 1]] > firm[j]; at--) o->order[at] = o->order[at - 1];
        o->order[at] = j;
    }
    for (int64_t j = 0; j < J; j++)
        if (j == 0 || firm[o->order[j]] != firm[o->order[j - 1]]) o->start[o->firms++] = j;
    o->start[o->firms] = J;
}

/* Enter market t with its products sorted, and form probabilities. */
LOCAL void enter_sorted(Firms *o, const Pricing *in, int64_t t)
{
    Room *room = o->room;
    const Problem *p = o->p;
    const int64_t from = p->row[t], P = p->P, K = p->K;
    enter(room, p, t);
    sort_by_firm(o, in->firm + from);
    for (int64_t j = 0; j < room->J; j++) {
        const int64_t k = from + o->order[j];
        memcpy(o->X + j * K, p->X + k * K, (size_t)K * sizeof(double));
        memcpy(o->D + j * P, in->D + k * P, (size_t)P * sizeof(double));
        o->delta[j] = in->delta[k];
        room->y[j] = 1.0;
    }
    room->X = o->X;
    shares_at(room, o->delta);
    probabilities(room);
    fetch(in->alpha + p->buyer[t], p->buyer[t + 1] - p->buyer[t], room->n, o->a);
    for (int64_t v = 0; v < room->n * WIDTH; v += WIDTH) store(o->v + v, -load(o->a + v) * load(room->w + v));
}

/* others[f] = 1 - sum_{k in f} P_k, summed from what it is made of. */
LOCAL void sum_others(Firms *o)
{
    const Room *room = o->room;
    const int64_t n = room->n;
    const vec *P = (const vec *)room->P, *none = (const vec *)room->none;
    vec *own = (vec *)o->own, *others = (vec *)o->others;
    for (int64_t f = 0; f < o->firms; f++)
        for (int64_t v = 0; v < n; v++) {
            vec total = splat(0.0);
            for (int64_t j = o->start[f]; j < o->start[f + 1]; j++) total += P[j * n + v];
            own[f * n + v] = total;
        }
    for (int64_t v = 0; v < n; v++) {
        vec after = splat(0.0), before = none[v];
        for (int64_t f = o->firms - 1; f >= 0; f--) others[f * n + v] = after, after += own[f * n + v];
        for (int64_t f = 0; f < o->firms; f++) others[f * n + v] += before, before += own[f * n + v];
    }
}

/* x = A^-1 x for row-wise right-hand sides by elimination with partial pivoting; 0 where A is singular. */
LOCAL int eliminate(double *A, int64_t stride, double *x, int64_t width)
{
    double largest_entry = 0.0;
    for (int64_t i = 0; i < stride * stride; i++)
        if (!(fabs(A[i]) <= largest_entry)) largest_entry = fabs(A[i]);
    for (int64_t k = 0; k < stride; k++) {
        int64_t best = k;
        for (int64_t r = k + 1; r < stride; r++)
            if (fabs(A[r * stride + k]) > fabs(A[best * stride + k])) best = r;
        if (!(fabs(A[best * stride + k]) > 1e-15 * largest_entry)) return 0;
        for (int64_t c = 0; best != k && c < stride; c++) {
            double kept = A[k * stride + c];
            A[k * stride + c] = A[best * stride + c], A[best * stride + c] = kept;
        }
        for (int64_t c = 0; best != k && c < width; c++) {
            double kept = x[k * width + c];
            x[k * width + c] = x[best * width + c], x[best * width + c] = kept;
        }
        for (int64_t r = k + 1; r < stride; r++) {
            const double f = A[r * stride + k] / A[k * stride + k];
            A[r * stride + k] = f;
            for (int64_t c = k + 1; c < stride; c++) A[r * stride + c] -= f * A[k * stride + c];
            for (int64_t c = 0; c < width; c++) x[r * width + c] -= f * x[k * width + c];
        }
    }
    for (int64_t k = stride - 1; k >= 0; k--)
        for (int64_t c = 0; c < width; c++) {
            double z = x[k * width + c];
            for (int64_t m = k + 1; m < stride; m++) z -= A[k * stride + m] * x[m * width + c];
            x[k * width + c] = z / A[k * stride + k];
        }
    return 1;
}

/* A of firm f, from its rows a..b. */
LOCAL void form_firm(Firms *o, int64_t f)
{
    const int64_t a = o->start[f], J = o->start[f + 1] - a, n = o->room->n;
    laplacian(o->room->P + a * n * WIDTH, o->others + f * n * WIDTH, o->v, J, n, o->room->left, o->A);
}

/* Solve with A of firm f for what stands in rhs: by Cholesky, else by elimination; `ready` where A's factor stands. */
LOCAL int solve_firm(Firms *o, int64_t f, int *ready)
{
    const int64_t stride = padded(o->start[f + 1] - o->start[f]);
    if (!*ready) {
        form_firm(o, f);
        *ready = cholesky(o->A, stride, o->pivots);
    }
    if (*ready) {
        solve_many(o->A, stride, o->pivots, o->rhs, o->many);
        return 1;
    }
    form_firm(o, f);
    for (int64_t r = 0; r < stride; r++)
        for (int64_t c = 0; c < r; c++) o->A[r * stride + c] = o->A[c * stride + r];
    return eliminate(o->A, stride, o->rhs, o->many * WIDTH);
}

/* Rows over buyers that all firms share: xbar_c and sum_k P_k D_kp. */
LOCAL void market_rows(Firms *o)
{
    const Room *room = o->room;
    const int64_t P = o->p->P, c = o->columns, M = c + P;
    for (int64_t j = 0; j < room->J; j++) {
        for (int64_t k = 0; k < c; k++) o->C[j * M + k] = o->X[j * room->K + o->column_of[k]];
        memcpy(o->C + j * M + c, o->D + j * P, (size_t)P * sizeof *o->C);
    }
    combine(room->P, room->J, room->n, o->C, M, o->market);
}

/* Rows over buyers of firm f: h, and the same sums with columns and with D. */
LOCAL void firm_rows(Firms *o, int64_t f)
{
    const Room *room = o->room;
    const int64_t a = o->start[f], J = o->start[f + 1] - a, P = o->p->P, c = o->columns, M = 1 + c + P;
    for (int64_t j = 0; j < J; j++) {
        const double eta = o->eta[a + j];
        double *to = o->C + j * M;
        *to++ = eta;
        for (int64_t k = 0; k < c; k++) *to++ = eta * o->X[(a + j) * room->K + o->column_of[k]];
        for (int64_t i = 0; i < P; i++) *to++ = eta * o->D[(a + j) * P + i];
    }
    combine(room->P + a * room->n * WIDTH, J, room->n, o->C, M, o->firm);
}

/* What buyers bring to the slopes of firm f's conditions along parameter i: four packed rows. */
LOCAL void slope_rows(Firms *o, int64_t i)
{
    const Room *room = o->room;
    const int64_t n = room->n, c = o->columns;
    const vec *w = (const vec *)room->w, *a = (const vec *)o->a, *G = (const vec *)o->G, *da = (const vec *)o->da;
    const vec *mean = (const vec *)o->market + o->slot[i] * n, *moved = (const vec *)o->market + (c + i) * n;
    const vec *h = (const vec *)o->firm, *hx = h + (1 + o->slot[i]) * n, *hd = h + (1 + c + i) * n;
    vec *left = room->left;
    for (int64_t v = 0; v < n; v++, left += PANEL) {
        vec H = moved[v] + G[v] * mean[v], u = hd[v] + G[v] * hx[v] - H * h[v], wa = w[v] * a[v];
        left[0] = w[v] * da[v] - wa * H;
        left[1] = left[0] * h[v] + wa * u;
        left[2] = wa * G[v];
        left[3] = left[2] * h[v];
    }
}

/* Right-hand sides of firm f's slopes. */
LOCAL void firm_slopes(Firms *o, const Pricing *in, int64_t f)
{
    const Room *room = o->room;
    const Problem *p = o->p;
    const int64_t a = o->start[f], J = o->start[f + 1] - a, n = room->n, width = o->many * WIDTH, spread = padded(J + 3);
    const int64_t from = p->buyer[room->t], I = p->buyer[room->t + 1] - from;
    const double *P = room->P + a * n * WIDTH;
    memset(o->rhs, 0, (size_t)(padded(J) * width) * sizeof *o->rhs);
    firm_rows(o, f);
    for (int64_t i = 0; i < p->P; i++) {
        fetch(p->G + i * p->A + from, I, n, o->G);
        fetch(in->alpha_theta + i * p->A + from, I, n, o->da);
        slope_rows(o, i);
        moments_of(room->left, PANEL, P, J, n, o->moments, spread);
        for (int64_t j = 0; j < J; j++) {
            const double eta = o->eta[a + j], x = o->X[(a + j) * room->K + p->column[i]], *m = o->moments + j;
            o->rhs[j * width + i] = eta * m[0] - m[spread] - o->D[(a + j) * p->P + i] * room->s[a + j] +
                                    x * (eta * m[2 * spread] - m[3 * spread]);
        }
    }
}

LOCAL void price_market(Firms *o, const Pricing *in, int64_t t)
{
    Room *room = o->room;
    const int64_t from = o->p->row[t], P = o->p->P, width = o->many * WIDTH;
    int fine = 1;
    enter_sorted(o, in, t);
    if (room->J == 0) return;
    sum_others(o);
    market_rows(o);
    for (int64_t f = 0; f < o->firms && fine; f++) {
        const int64_t a = o->start[f], J = o->start[f + 1] - a;
        int ready = 0;
        memset(o->rhs, 0, (size_t)(padded(J) * width) * sizeof *o->rhs);
        for (int64_t j = 0; j < J; j++) o->rhs[j * width] = room->s[a + j];
        fine = solve_firm(o, f, &ready);
        for (int64_t j = 0; j < J; j++) {
            o->eta[a + j] = in->eta[from + o->order[a + j]] = o->rhs[j * width];
            fine &= fabs(o->eta[a + j]) < DBL_MAX;
        }
        if (!fine || !P) continue;
        firm_slopes(o, in, f);
        fine = solve_firm(o, f, &ready);
        for (int64_t j = 0; j < J; j++)
            memcpy(in->E + (from + o->order[a + j]) * P, o->rhs + j * width, (size_t)P * sizeof(double));
    }
    if (!fine) {
        blank(in->eta + from, room->J);
        blank(in->E + from * P, room->J * P);
    }
}

LOCAL int markups(const Problem *p, const Pricing *in)
{
    Room room;
    Firms firms = {.room = &room, .p = p};
    size_up(&room, p);
    if (!furnish(&room, &firms, lay_out_firms)) return 1;
    firms.columns = number_columns(p, firms.slot, firms.column_of);
    for (int64_t t = p->first; t < p->last; t++) price_market(&firms, in, t);
    free(room.memory);
    return 0;
}
