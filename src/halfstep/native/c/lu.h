/* LU factors with rows exchanged, of a square matrix laid out as in dense.h: A is not symmetric here. */

/* Take from row r what rows k0..k0+3 of U account for. */
LOCAL void lu_trail(double *A, int64_t stride, int64_t k0, int64_t r)
{
    double *row = A + r * stride;
    vec f[PANEL];
    for (int q = 0; q < PANEL; q++) f[q] = splat(row[k0 + q]);
    int64_t c = k0 + PANEL;
    for (; c % WIDTH; c++)
        for (int q = 0; q < PANEL; q++) row[c] -= f[q][0] * A[(k0 + q) * stride + c];
    for (; c < stride; c += WIDTH) {
        vec x = load(row + c);
        for (int q = 0; q < PANEL; q++) x -= f[q] * load(A + (k0 + q) * stride + c);
        store(row + c, x);
    }
}

/* PA = LU in place with rows exchanged, by panels of PANEL columns; 0 where A is singular. */
LOCAL int lu_factor(double *A, int64_t stride, int64_t *pivot, double *inverse)
{
    for (int64_t k0 = 0; k0 < stride; k0 += PANEL) {
        for (int64_t k = k0; k < k0 + PANEL; k++) {
            int64_t best = k;
            for (int64_t r = k + 1; r < stride; r++)
                if (fabs(A[r * stride + k]) > fabs(A[best * stride + k])) best = r;
            const double top = A[best * stride + k];
            if (!(fabs(top) > 0.0) || !isfinite(top)) return 0;
            pivot[k] = best;
            inverse[k] = 1.0 / top;
            if (best != k)
                for (int64_t c = 0; c < stride; c++) {
                    double x = A[k * stride + c];
                    A[k * stride + c] = A[best * stride + c], A[best * stride + c] = x;
                }
            for (int64_t r = k + 1; r < stride; r++) {
                double *row = A + r * stride, f = row[k] *= inverse[k];
                for (int64_t c = k + 1; c < k0 + PANEL; c++) row[c] -= f * A[k * stride + c];
            }
        }
        for (int64_t k = k0 + 1; k < k0 + PANEL; k++) /* the rest of the panel's own rows */
            for (int64_t m = k0; m < k; m++) {
                const double f = A[k * stride + m];
                for (int64_t c = k0 + PANEL; c < stride; c++) A[k * stride + c] -= f * A[m * stride + c];
            }
        for (int64_t r = k0 + PANEL; r < stride; r++) lu_trail(A, stride, k0, r);
    }
    return 1;
}

/* sum_c A[r][c] x[c] over the columns first..last of PANEL rows; both are multiples of PANEL. */
INLINE void lu_dots(const double *A, int64_t stride, const double *x, int64_t first, int64_t last, double dots[PANEL])
{
    vec z[PANEL] = {{0}};
    for (int r = 0; r < PANEL; r++) dots[r] = 0.0;
    int64_t c = first;
    for (; c < last && (c % WIDTH || last - c < WIDTH); c++)
        for (int r = 0; r < PANEL; r++) dots[r] += A[r * stride + c] * x[c];
    for (; c + WIDTH <= last; c += WIDTH)
        for (int r = 0; r < PANEL; r++) z[r] += load(A + r * stride + c) * load(x + c);
    for (; c < last; c++)
        for (int r = 0; r < PANEL; r++) dots[r] += A[r * stride + c] * x[c];
    for (int r = 0; r < PANEL; r++) dots[r] += sum(z[r]);
}

LOCAL void lu_solve(const double *A, int64_t stride, const int64_t *pivot, const double *inverse, double *x)
{
    double dots[PANEL];
    for (int64_t k = 0; k < stride; k++) {
        double y = x[pivot[k]];
        x[pivot[k]] = x[k], x[k] = y;
    }
    for (int64_t k0 = 0; k0 < stride; k0 += PANEL) {
        const double *row = A + k0 * stride;
        lu_dots(row, stride, x, 0, k0, dots);
        for (int r = 0; r < PANEL; r++, row += stride) {
            for (int q = 0; q < r; q++) dots[r] += row[k0 + q] * x[k0 + q];
            x[k0 + r] -= dots[r];
        }
    }
    for (int64_t k0 = stride - PANEL; k0 >= 0; k0 -= PANEL) {
        const double *row = A + k0 * stride;
        lu_dots(row, stride, x, k0 + PANEL, stride, dots);
        for (int r = PANEL - 1; r >= 0; r--) {
            for (int q = r + 1; q < PANEL; q++) dots[r] += row[r * stride + k0 + q] * x[k0 + q];
            x[k0 + r] = (x[k0 + r] - dots[r]) * inverse[k0 + r];
        }
    }
}
