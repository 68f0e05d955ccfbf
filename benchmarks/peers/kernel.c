/* One training step of the vanilla network, batch 1, in plain C: loops that a compiler can vectorise.

   REAL (float or double), M, K and T come from the command line. U, W and V are held transposed, so
   that every product runs along a row; rows are padded with zeros to whole lines of the cache. */
#include <string.h>
#include <tgmath.h>

enum { LINE = 64 / sizeof(REAL), MP = (M + LINE - 1) / LINE * LINE, KP = (K + LINE - 1) / LINE * LINE };

typedef struct {
    REAL U[K][MP], W[M][MP], b[MP], V[M][KP], c[KP];
} __attribute__((aligned(64))) Network;

static Network p, g, memory;
static REAL h[T + 1][MP] __attribute__((aligned(64)));  /* h[0] is the initial state */
static REAL o[T][KP] __attribute__((aligned(64)));      /* scores, then their gradient */
static REAL da[T][MP] __attribute__((aligned(64)));

void set(const double *U, const double *W, const double *b, const double *V, const double *c, double epsilon) {
    for (int i = 0; i < M; i++) {
        for (int k = 0; k < K; k++) p.U[k][i] = U[i * K + k], p.V[i][k] = V[k * M + i];
        for (int j = 0; j < M; j++) p.W[j][i] = W[i * M + j];
        p.b[i] = b[i];
    }
    for (int k = 0; k < K; k++) p.c[k] = c[k];
    for (size_t i = 0; i < sizeof memory / sizeof(REAL); i++) ((REAL *)&memory)[i] = epsilon;
}

/* out += sum over k of x[k * stride] times row k of A; four rows at a time, so that out is read less */
static inline void add_rows(REAL *restrict out, const REAL *x, int stride, const REAL *restrict A, int n, int width) {
    int k = 0;
    for (; k + 4 <= n; k += 4, A += 4 * width) {
        REAL x0 = x[k * stride], x1 = x[(k + 1) * stride], x2 = x[(k + 2) * stride], x3 = x[(k + 3) * stride];
        for (int j = 0; j < width; j++)
            out[j] += x0 * A[j] + x1 * A[width + j] + x2 * A[2 * width + j] + x3 * A[3 * width + j];
    }
    for (; k < n; k++, A += width)
        for (int j = 0; j < width; j++) out[j] += x[k * stride] * A[j];
}

/* out[i] += row i of A times x */
static inline void add_dots(REAL *restrict out, const REAL *x, const REAL *restrict A, int n, int width) {
    for (int i = 0; i < n; i++, A += width) {
        REAL sum = 0;
        for (int j = 0; j < width; j++) sum += A[j] * x[j];
        out[i] += sum;
    }
}

double step(const long long *x, const long long *y, double eta, double limit) {
    double loss = 0;
    memcpy(h[0], h[T], sizeof h[0]);
    for (int t = 0; t < T; t++) {
        REAL a[MP];
        for (int j = 0; j < MP; j++) a[j] = p.U[x[t]][j] + p.b[j];
        add_rows(a, h[t], 1, p.W[0], M, MP);
        for (int j = 0; j < MP; j++) h[t + 1][j] = tanh(a[j]);
    }
    for (int t = 0; t < T; t++) {
        REAL top, sum = 0;
        memcpy(o[t], p.c, sizeof o[t]);
        add_rows(o[t], h[t + 1], 1, p.V[0], M, KP);
        top = o[t][0];
        for (int k = 1; k < K; k++) top = o[t][k] > top ? o[t][k] : top;
        for (int k = 0; k < K; k++) o[t][k] -= top;
        loss -= o[t][y[t]];
        for (int k = 0; k < K; k++) o[t][k] = exp(o[t][k]);
        for (int k = 0; k < K; k++) sum += o[t][k];
        loss += log((double)sum);
        for (int k = 0; k < K; k++) o[t][k] /= sum;
        o[t][y[t]] -= 1;
    }
    memset(&g, 0, sizeof g);
    for (int t = T - 1; t >= 0; t--) {
        REAL dh[MP] = {0};
        add_dots(dh, o[t], p.V[0], M, KP);
        if (t < T - 1) add_dots(dh, da[t + 1], p.W[0], M, MP);
        for (int j = 0; j < MP; j++) {
            da[t][j] = dh[j] * (1 - h[t + 1][j] * h[t + 1][j]);
            g.U[x[t]][j] += da[t][j];
            g.b[j] += da[t][j];
        }
        for (int k = 0; k < KP; k++) g.c[k] += o[t][k];
    }
    for (int i = 0; i < M; i++) {
        add_rows(g.W[i], &h[0][i], MP, da[0], T, MP);
        add_rows(g.V[i], &h[1][i], MP, o[0], T, KP);
    }
    REAL *theta = (REAL *)&p, *m = (REAL *)&memory, *d = (REAL *)&g;
    for (size_t i = 0; i < sizeof p / sizeof(REAL); i++) {
        REAL clipped = d[i] > (REAL)limit ? (REAL)limit : d[i] < -(REAL)limit ? -(REAL)limit : d[i];
        m[i] += clipped * clipped;
        theta[i] -= (REAL)eta * clipped / sqrt(m[i]);
    }
    return loss;
}
