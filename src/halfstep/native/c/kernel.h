/* What the instruction sets' bodies share with the module: plain data, no vectors. */

#ifndef HALFSTEP_KERNEL_H
#define HALFSTEP_KERNEL_H

#include <stdint.h>

/* Markets first..last of T; market t has rows row[t]..row[t+1] and buyers buyer[t]..buyer[t+1].
   Every offset and column was checked against the lengths N, A, K. */
typedef struct {
    int64_t first, last, N, A, K, P;
    const int64_t *row, *buyer, *column;
    const double *w, *X, *B, *G;
} Problem;

typedef struct {
    const double *log_s, *start, *factor; /* factor may be NULL */
    double tolerance;
    int64_t limit;
    double *delta, *D, *L, *residual;
    int64_t *evaluations;
    unsigned char *converged;
} Inverting;

typedef struct {
    const double *delta, *D, *alpha, *alpha_theta;
    const int64_t *firm;
    double *eta, *E;
} Pricing;

typedef struct {
    const double *base, *alpha, *mc, *start, *tax, *unit, *rate, *cap;
    const int64_t *firm;
    const unsigned char *frozen;
    double tolerance;
    int64_t limit;
    double *p, *s, *gradient;
    int64_t *iterations, *status;
} Clearing;

/* People first..last; person i has the tasks task[i]..task[i+1], task t the rows row[t]..row[t+1] of D (K columns), and R
   points of Q each in Z. */
typedef struct {
    int64_t first, last, K, Q, R, scale; /* scale is -1 where there is none */
    const int64_t *row, *task, *kind;
    const double *D, *Z, *b, *L, *sign;
    double *loglik, *location, *spread;
} Simulating;

/* Cascades first..last; cascade c has the events row[c]..row[c+1], of kinds below K, and the segments cut_row[c]..cut_row[c+1];
   weights are D x (1 + K M) a cascade. What is NULL below `factor` is not asked for. */
typedef struct {
    int64_t first, last, K, D, M;
    const double *time, *until, *cut, *decay, *weight, *factor;
    const int64_t *kind, *row, *cut_row;
    double *loglik, *score, *curvature, *slope, *integral, *integral_slope, *intensity, *step;
} Cascading;

/* One instruction set's functions; each returns 0, or 1 where memory is short. */
typedef struct {
    const char *name;
    int (*invert)(const Problem *, const Inverting *);
    int (*markups)(const Problem *, const Pricing *);
    int (*shares)(const Problem *, const double *delta, double *s);
    int (*clear)(const Problem *, const Clearing *);
    int (*panel)(const Simulating *);
    int (*cascade)(const Cascading *);
    int (*exp)(const double *x, double *y, int64_t n);
    int (*log)(const double *x, double *y, int64_t n);
} Kernel;

#endif
