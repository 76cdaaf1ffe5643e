// What attention needs, by its sizes alone.
#include "kernels.h"

int64_t ft_attention_blocks(const ft_attention *t) {
    return (t->queries + ft_attention_rows(t) - 1) / ft_attention_rows(t);
}

int64_t ft_attention_space(const ft_attention *t) {
    int64_t size = t->dtype == FT_F32 ? 4 : 8;
    int64_t scores = ft_attention_rows(t) * ft_product_pitch(t->keys);
    // Beside the scores their gradient.
    return 2 * scores * size + 64;
}
