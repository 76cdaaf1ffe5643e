// The routines of LAPACK that the library calls. OpenBLAS contains them; their C header is a
// package of its own, so they are declared here as Fortran has them: everything by address, and
// after all arguments the length of each that is text.
#ifndef FT_LAPACK_H
#define FT_LAPACK_H

#include <cblas.h>
#include <stddef.h>

#define FT_LAPACK(real, letter)                                                                    \
    void letter##getrf_(const blasint *m, const blasint *n, real *a, const blasint *lda,           \
                        blasint *pivots, blasint *info);                                           \
    void letter##getrs_(const char *transposed, const blasint *n, const blasint *columns,          \
                        const real *a, const blasint *lda, const blasint *pivots, real *b,         \
                        const blasint *ldb, blasint *info, size_t);                                \
    void letter##potrf_(const char *triangle, const blasint *n, real *a, const blasint *lda,       \
                        blasint *info, size_t);                                                    \
    void letter##geqrf_(const blasint *m, const blasint *n, real *a, const blasint *lda,           \
                        real *factors, real *work, const blasint *size, blasint *info);            \
    void letter##orgqr_(const blasint *m, const blasint *n, const blasint *k, real *a,             \
                        const blasint *lda, const real *factors, real *work, const blasint *size,  \
                        blasint *info);                                                            \
    void letter##gesdd_(const char *job, const blasint *m, const blasint *n, real *a,              \
                        const blasint *lda, real *s, real *u, const blasint *ldu, real *vt,        \
                        const blasint *ldvt, real *work, const blasint *size, blasint *integers,   \
                        blasint *info, size_t);                                                    \
    void letter##syevd_(const char *job, const char *triangle, const blasint *n, real *a,          \
                        const blasint *lda, real *w, real *work, const blasint *size,              \
                        blasint *integers, const blasint *integer_size, blasint *info, size_t,     \
                        size_t);                                                                   \
    void letter##gelsy_(const blasint *m, const blasint *n, const blasint *columns, real *a,       \
                        const blasint *lda, real *b, const blasint *ldb, blasint *pivots,          \
                        const real *tolerance, blasint *rank, real *work, const blasint *size,     \
                        blasint *info);

FT_LAPACK(float, s)
FT_LAPACK(double, d)

#undef FT_LAPACK

#endif
