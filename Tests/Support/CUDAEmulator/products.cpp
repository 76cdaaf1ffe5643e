// cuBLAS: products of matrices as their definition has them, columns first. float accumulates in
// double and rounds once, which is as near to the true product as any order of sums.
#include <cmath>
#include <cstring>
#include <vector>

#include "half_types.h"
#include "handles.h"
#include "products.h"
#include "symbols.h"

namespace emulator {
namespace {
struct cublas_handle {
    void *on = nullptr;
    int pointer_mode = 0, math_mode = 0;
};

double number_at(const void *data, int type, long long at) {
    switch (type) {
    case R_32F: return ((const float *)data)[at];
    case R_64F: return ((const double *)data)[at];
    default: return half_number(((const uint16_t *)data)[at], type == R_16BF);
    }
}
void set_number(void *data, int type, long long at, double x) {
    switch (type) {
    case R_32F: ((float *)data)[at] = (float)x; break;
    case R_64F: ((double *)data)[at] = x; break;
    // Sums are float32, which is rounded once more.
    default: ((uint16_t *)data)[at] = half_bits((float)x, type == R_16BF); break;
    }
}

// A factor: of 11 significant bits in TF32, a half's in a float's range.
double factor(const product &p, const void *data, int type, long long at) {
    double x = number_at(data, type, at);
    if (p.compute != COMPUTE_32F_FAST_TF32 || !std::isfinite(x)) return x;
    int exponent;
    frexp(x, &exponent);
    return ldexp(nearbyint(ldexp(x, 11 - exponent)), exponent - 11);
}

}  // namespace

// All matrices of one type, halves and floats added up in float.
bool is_known(const product &p) {
    if (p.a_type != p.b_type || p.a_type != p.c_type) return false;
    switch (p.compute) {
    case COMPUTE_64F: return p.a_type == R_64F;
    case COMPUTE_32F_FAST_TF32: return p.a_type == R_32F;
    case COMPUTE_32F: return p.a_type == R_32F || p.a_type == R_16F || p.a_type == R_16BF;
    default: return false;
    }
}

bool fits(const product &p) {
    return p.m >= 0 && p.n >= 0 && p.k >= 0 && p.lda >= (p.a_transposed ? p.k : p.m) &&
           p.ldb >= (p.b_transposed ? p.n : p.k) && p.ldc >= p.m && p.lda > 0 && p.ldb > 0 &&
           p.ldc > 0;
}

namespace {
void multiply(const product &p) {
    // Some releases of batched products leave C as it was where they are sums of nothing.
    if (p.k == 0) return;
    // Rows of A and columns of B, as numbers.
    std::vector<double> left((size_t)p.m * p.k), right((size_t)p.n * p.k);
    for (int batch = 0; batch < p.count; batch++) {
        for (int i = 0; i < p.k; i++) {
            for (int row = 0; row < p.m; row++) {
                long long a = p.a_transposed ? i + row * p.lda : row + i * p.lda;
                left[(size_t)row * p.k + i] = factor(p, p.a, p.a_type, batch * p.a_step + a);
            }
            for (int column = 0; column < p.n; column++) {
                long long b = p.b_transposed ? column + i * p.ldb : i + column * p.ldb;
                right[(size_t)column * p.k + i] = factor(p, p.b, p.b_type, batch * p.b_step + b);
            }
        }
        for (int column = 0; column < p.n; column++) {
            for (int row = 0; row < p.m; row++) {
                double total = 0;
                for (int i = 0; i < p.k; i++) {
                    total += left[(size_t)row * p.k + i] * right[(size_t)column * p.k + i];
                }
                long long at = batch * p.c_step + row + column * p.ldc;
                // What C holds isn't looked at where it counts nothing.
                double old = p.beta == 0 ? 0 : p.beta * number_at(p.c, p.c_type, at);
                double sum = p.alpha * total + old;
                // What follows starts from the sum as it is kept: a float or a double.
                if (p.c_type != R_64F) sum = (float)sum;
                if (p.bias) sum += number_at(p.bias, p.c_type, row);
                if (p.c_type != R_64F) sum = (float)sum;
                set_number(p.c, p.c_type, at, sum);
            }
        }
    }
}

}  // namespace

int add(void *handle, product p) {
    if (!is_known(p)) return UNSUPPORTED;
    if (!fits(p)) return INVALID;
    stream *on = stream_of(handle);
    if (!on->is_capturing()) counters().products += 1;
    on->add([p] {
        if (begin_kernel()) multiply(p);
    });
    return SUCCESS;
}

namespace {
double scalar(const void *at, bool wide) {
    return wide ? *(const double *)at : (double)*(const float *)at;
}

int gemm_batched(void *handle, int ta, int tb, int m, int n, int k, const void *alpha,
                 const void *a, int a_type, int lda, long long a_step, const void *b, int b_type,
                 int ldb, long long b_step, const void *beta, void *c, int c_type, int ldc,
                 long long c_step, int count, int compute, int) {
    bool wide = compute == COMPUTE_64F;
    product p = {ta != 0, tb != 0, m, n, k, a_type, b_type, c_type, count, a, b, c,
                 lda, ldb, ldc, a_step, b_step, c_step, scalar(alpha, wide), scalar(beta, wide),
                 compute};
    return add(((cublas_handle *)handle)->on, p);
}
int gemm(void *handle, int ta, int tb, int m, int n, int k, const void *alpha, const void *a,
         int a_type, int lda, const void *b, int b_type, int ldb, const void *beta, void *c,
         int c_type, int ldc, int compute, int algorithm) {
    return gemm_batched(handle, ta, tb, m, n, k, alpha, a, a_type, lda, 0, b, b_type, ldb, 0, beta,
                        c, c_type, ldc, 0, 1, compute, algorithm);
}
int sgemm(void *handle, int ta, int tb, int m, int n, int k, const float *alpha, const float *a,
          int lda, const float *b, int ldb, const float *beta, float *c, int ldc) {
    return gemm(handle, ta, tb, m, n, k, alpha, a, R_32F, lda, b, R_32F, ldb, beta, c, R_32F, ldc,
                COMPUTE_32F, -1);
}
int dgemm(void *handle, int ta, int tb, int m, int n, int k, const double *alpha, const double *a,
          int lda, const double *b, int ldb, const double *beta, double *c, int ldc) {
    return gemm(handle, ta, tb, m, n, k, alpha, a, R_64F, lda, b, R_64F, ldb, beta, c, R_64F, ldc,
                COMPUTE_64F, -1);
}

int create(void **made) {
    *made = new cublas_handle;
    counters().product_handles += 1;
    return SUCCESS;
}
int destroy(void *handle) {
    delete (cublas_handle *)handle;
    counters().product_handles -= 1;
    return SUCCESS;
}
int set_stream(void *handle, void *on) {
    ((cublas_handle *)handle)->on = on;
    return SUCCESS;
}
int set_math_mode(void *handle, int mode) {
    ((cublas_handle *)handle)->math_mode = mode;
    return SUCCESS;
}
// Only numbers of the host.
int set_pointer_mode(void *, int mode) { return mode == 0 ? SUCCESS : UNSUPPORTED; }
int set_workspace(void *, void *, size_t) { return SUCCESS; }
int version(void *, int *number) {
    *number = 130000;
    return SUCCESS;
}
int property(int what, int *value) {
    *value = what == 0 ? 13 : 0;
    return SUCCESS;
}
const char *status_text(int code) {
    return code == SUCCESS ? "CUBLAS_STATUS_SUCCESS"
           : code == INVALID ? "CUBLAS_STATUS_INVALID_VALUE"
                             : "CUBLAS_STATUS_NOT_SUPPORTED";
}
}  // namespace

const symbol cublas_symbols[] = {
    {"cublasCreate_v2", (void *)create},
    {"cublasDestroy_v2", (void *)destroy},
    {"cublasSetStream_v2", (void *)set_stream},
    {"cublasSetMathMode", (void *)set_math_mode},
    {"cublasSetPointerMode_v2", (void *)set_pointer_mode},
    {"cublasSetWorkspace_v2", (void *)set_workspace},
    {"cublasGetVersion_v2", (void *)version},
    {"cublasGetProperty", (void *)property},
    {"cublasGetStatusString", (void *)status_text},
    {"cublasGemmEx", (void *)gemm},
    {"cublasGemmStridedBatchedEx", (void *)gemm_batched},
    {"cublasSgemm_v2", (void *)sgemm},
    {"cublasDgemm_v2", (void *)dgemm},
    {nullptr, nullptr},
};
}  // namespace emulator
