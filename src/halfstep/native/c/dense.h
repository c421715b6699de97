/* Dense products and factors of one market, in aligned scratch.

   Rows over buyers have `n` vectors (stride n * WIDTH doubles, padded with weight zero). Square matrices stand row by row
   with a stride padded to `padded(J)`; below J their pads are the identity, so that no loop has a ragged end. */

#include <float.h>
#include <math.h>
#include <string.h>

#define PANEL 4
#define ROUND (WIDTH > PANEL ? WIDTH : PANEL)

INLINE int64_t padded(int64_t n) { return (n + ROUND - 1) / ROUND * ROUND; }

/* out[a][b] = sum_v left[v][a] * row_b[v]: R of the four packed rows against three. */
INLINE void tile_rows(const int R, const vec *left, const vec *b0, const vec *b1, const vec *b2, int64_t n,
                      double out[PANEL][3])
{
    vec s[PANEL][3];
    for (int r = 0; r < R; r++)
        for (int c = 0; c < 3; c++) s[r][c] = splat(0.0); /* an initialiser would be a slow memset */
    for (int64_t v = 0; v < n; v++, left += PANEL) {
        vec x0 = b0[v], x1 = b1[v], x2 = b2[v];
        for (int r = 0; r < R; r++) {
            vec y = left[r];
            s[r][0] += y * x0;
            s[r][1] += y * x1;
            s[r][2] += y * x2;
        }
    }
    for (int r = 0; r < R; r++)
        for (int c = 0; c < 3; c++) out[r][c] = sum(s[r][c]);
}

LOCAL void tile(const vec *left, const vec *b0, const vec *b1, const vec *b2, int64_t n, double out[PANEL][3])
{
    tile_rows(PANEL, left, b0, b1, b2, n, out);
}

/* moments[r][j] = sum_v left[v][r] * P_j[v] for `rows` packed rows, which are 2 or 4, and J rows of P. */
LOCAL void moments_of(const vec *left, int rows, const double *P, int64_t J, int64_t n, double *moments, int64_t spread)
{
    for (int64_t b = 0; b < J; b += 3) {
        double out[PANEL][3];
        const vec *row[3];
        for (int64_t c = 0; c < 3; c++) row[c] = (const vec *)P + (b + c < J ? b + c : J - 1) * n;
        if (rows == 2) tile_rows(2, left, row[0], row[1], row[2], n, out);
        else tile(left, row[0], row[1], row[2], n, out);
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < 3; c++) moments[r * spread + b + c] = out[r][c];
    }
}

/* Pack rows a..a+3 (repeating the last) times weights. */
LOCAL void pack(const double *P, int64_t rows, int64_t a, const double *weight, int64_t n, vec *left)
{
    const vec *w = (const vec *)weight;
    for (int r = 0; r < PANEL; r++) {
        const vec *x = (const vec *)P + (a + r < rows ? a + r : rows - 1) * n;
        for (int64_t v = 0; v < n; v++) left[v * PANEL + r] = w[v] * x[v];
    }
}

/* A = diag(sum_i w P_j (P_rest + sum_k P_k)) - P W P', upper part, pads as said above.

   `rest` is what is chosen beside these rows, so that the diagonal is s_j - sum_i w P_j^2 without its cancellation. */
LOCAL void laplacian(const double *P, const double *rest, const double *weight, int64_t J, int64_t n, vec *left, double *A)
{
    const int64_t stride = padded(J);
    const vec *rows = (const vec *)P;
    memset(A, 0, (size_t)(stride * stride) * sizeof *A);
    for (int64_t j = J; j < stride; j++) A[j * stride + j] = 1.0;
    for (int64_t a = 0; a < J; a += PANEL) {
        pack(P, J, a, weight, n, left);
        const int64_t high = a + PANEL < J ? a + PANEL : J;
        for (int64_t b = a + 1; b <= J; b += 3) { /* row J is the rest */
            double out[PANEL][3];
            const vec *row[3];
            for (int64_t c = 0; c < 3; c++) row[c] = b + c < J ? rows + (b + c) * n : (const vec *)rest;
            tile(left, row[0], row[1], row[2], n, out);
            for (int64_t j = a; j < high; j++)
                for (int64_t k = b; k < b + 3 && k <= J; k++) {
                    if (k <= j) continue;
                    double x = out[j - a][k - b];
                    A[j * stride + j] += x;
                    if (k < J) A[j * stride + k] = -x, A[k * stride + k] += x;
                }
        }
    }
}

/* Rows k0..k0+3 of the factor less what the rows above took from them. */
LOCAL void panel_update(double *A, int64_t stride, int64_t k0)
{
    for (int64_t c = k0 / WIDTH * WIDTH; c < stride; c += 2 * WIDTH) {
        const int two = c + WIDTH < stride;
        double *at[PANEL];
        vec x[PANEL][2];
        for (int r = 0; r < PANEL; r++) {
            at[r] = A + (k0 + r) * stride + c;
            x[r][0] = load(at[r]);
            x[r][1] = two ? load(at[r] + WIDTH) : splat(0.0);
        }
        for (int64_t m = 0; m < k0; m++) {
            const double *above = A + m * stride;
            vec y0 = load(above + c), y1 = load(above + (two ? c + WIDTH : c));
            for (int r = 0; r < PANEL; r++) {
                vec f = splat(above[k0 + r]);
                x[r][0] -= f * y0;
                x[r][1] -= f * y1;
            }
        }
        for (int r = 0; r < PANEL; r++) {
            store(at[r], x[r][0]);
            if (two) store(at[r] + WIDTH, x[r][1]);
        }
    }
}

/* Upper U with U'U = A in place, exact zeros below; inverse[k] = 1 / U_kk. 0 where A is not positive definite. */
LOCAL int cholesky(double *A, int64_t stride, double *inverse)
{
    for (int64_t k0 = 0; k0 < stride; k0 += PANEL) {
        panel_update(A, stride, k0);
        const int64_t from = k0 / WIDTH * WIDTH;
        for (int64_t k = k0; k < k0 + PANEL; k++) {
            double *row = A + k * stride;
            if (!(row[k] > 0.0) || !(row[k] < DBL_MAX)) return 0;
            inverse[k] = 1.0 / sqrt(row[k]);
            for (int64_t c = from; c < k; c++) row[c] = 0.0;
            for (int64_t c = from; c < stride; c += WIDTH) store(row + c, load(row + c) * splat(inverse[k]));
            for (int64_t r = k + 1; r < k0 + PANEL; r++) {
                vec f = splat(row[r]);
                double *below = A + r * stride;
                for (int64_t c = from; c < stride; c += WIDTH) store(below + c, load(below + c) - f * load(row + c));
            }
        }
    }
    return 1;
}

/* Solve U'U x = x for one right-hand side, padded with zeros. */
LOCAL void solve_one(const double *U, int64_t stride, const double *inverse, double *x)
{
    for (int64_t k0 = 0; k0 < stride; k0 += PANEL) {
        const double *u[PANEL];
        double y[PANEL];
        for (int r = 0; r < PANEL; r++) {
            u[r] = U + (k0 + r) * stride;
            y[r] = x[k0 + r];
            for (int q = 0; q < r; q++) y[r] -= u[q][k0 + r] * y[q];
            y[r] *= inverse[k0 + r];
        }
        for (int64_t c = (k0 + PANEL) / WIDTH * WIDTH; c < stride; c += WIDTH) {
            vec z = load(x + c);
            for (int r = 0; r < PANEL; r++) z -= splat(y[r]) * load(u[r] + c);
            store(x + c, z);
        }
        for (int r = 0; r < PANEL; r++) x[k0 + r] = y[r];
    }
    for (int64_t k0 = stride - PANEL; k0 >= 0; k0 -= PANEL) {
        const double *u[PANEL];
        vec z[PANEL];
        double y[PANEL];
        for (int r = 0; r < PANEL; r++) u[r] = U + (k0 + r) * stride, z[r] = splat(0.0);
        int64_t c = k0 + PANEL;
        for (int64_t end = (c + WIDTH - 1) / WIDTH * WIDTH; c < end; c++)
            for (int r = 0; r < PANEL; r++) z[r][0] += u[r][c] * x[c];
        for (; c < stride; c += WIDTH)
            for (int r = 0; r < PANEL; r++) z[r] += load(u[r] + c) * load(x + c);
        for (int r = PANEL - 1; r >= 0; r--) {
            y[r] = x[k0 + r] - sum(z[r]);
            for (int q = r + 1; q < PANEL; q++) y[r] -= u[r][k0 + q] * y[q];
            y[r] *= inverse[k0 + r];
        }
        for (int r = 0; r < PANEL; r++) x[k0 + r] = y[r];
    }
}

/* `wide` vectors of solve_many's right-hand sides, whose rows stand `step` doubles apart. */
INLINE void solve_columns(const int wide, const double *U, int64_t stride, const double *inverse, double *Y, int64_t step)
{
    vec y[PANEL][2];
    for (int64_t k0 = 0; k0 < stride; k0 += PANEL) {
        const double *u = U + k0 * stride;
        for (int r = 0; r < PANEL; r++)
            for (int i = 0; i < wide; i++) {
                y[r][i] = load(Y + (k0 + r) * step + i * WIDTH);
                for (int q = 0; q < r; q++) y[r][i] -= splat(u[q * stride + k0 + r]) * y[q][i];
                y[r][i] *= splat(inverse[k0 + r]);
                store(Y + (k0 + r) * step + i * WIDTH, y[r][i]);
            }
        for (int64_t m = k0 + PANEL; m < stride; m++)
            for (int i = 0; i < wide; i++) {
                double *to = Y + m * step + i * WIDTH;
                vec z = load(to);
                for (int r = 0; r < PANEL; r++) z -= splat(u[r * stride + m]) * y[r][i];
                store(to, z);
            }
    }
    for (int64_t k0 = stride - PANEL; k0 >= 0; k0 -= PANEL) {
        const double *u = U + k0 * stride;
        for (int r = 0; r < PANEL; r++)
            for (int i = 0; i < wide; i++) y[r][i] = load(Y + (k0 + r) * step + i * WIDTH);
        for (int64_t m = k0 + PANEL; m < stride; m++)
            for (int i = 0; i < wide; i++) {
                vec z = load(Y + m * step + i * WIDTH);
                for (int r = 0; r < PANEL; r++) y[r][i] -= splat(u[r * stride + m]) * z;
            }
        for (int r = PANEL - 1; r >= 0; r--)
            for (int i = 0; i < wide; i++) {
                for (int q = r + 1; q < PANEL; q++) y[r][i] -= splat(u[r * stride + k0 + q]) * y[q][i];
                y[r][i] *= splat(inverse[k0 + r]);
                store(Y + (k0 + r) * step + i * WIDTH, y[r][i]);
            }
    }
}

/* Solve U'U Y = Y for `many` vectors of right-hand sides; row k of Y has many * WIDTH doubles. */
LOCAL void solve_many(const double *U, int64_t stride, const double *inverse, double *Y, int64_t many)
{
    int64_t v = 0;
    for (; v + 2 <= many; v += 2) solve_columns(2, U, stride, inverse, Y + v * WIDTH, many * WIDTH);
    if (v < many) solve_columns(1, U, stride, inverse, Y + v * WIDTH, many * WIDTH);
}

/* R rows of combine. */
INLINE void combine_rows(const int R, const double *P, int64_t J, int64_t n, const double *C, int64_t M, double *out)
{
    for (int64_t v = 0; v < n; v += 2) {
        const int two = v + 1 < n;
        vec x[PANEL][2];
        for (int r = 0; r < R; r++) x[r][0] = x[r][1] = splat(0.0);
        for (int64_t j = 0; j < J; j++) {
            const vec *p = (const vec *)P + j * n + v;
            vec p0 = p[0], p1 = p[two];
            for (int r = 0; r < R; r++) {
                vec c = splat(C[j * M + r]);
                x[r][0] += c * p0;
                x[r][1] += c * p1;
            }
        }
        for (int r = 0; r < R; r++) {
            vec *to = (vec *)out + r * n + v;
            to[0] = x[r][0];
            if (two) to[1] = x[r][1];
        }
    }
}

/* out_m = sum_j C[j][m] P_j for m below M: rows over buyers from coefficients. */
LOCAL void combine(const double *P, int64_t J, int64_t n, const double *C, int64_t M, double *out)
{
    for (int64_t m = 0; m < M; m += PANEL) {
        double *to = out + m * n * WIDTH;
        switch (M - m) {
        case 1: combine_rows(1, P, J, n, C + m, M, to); break;
        case 2: combine_rows(2, P, J, n, C + m, M, to); break;
        case 3: combine_rows(3, P, J, n, C + m, M, to); break;
        default: combine_rows(4, P, J, n, C + m, M, to);
        }
    }
}
