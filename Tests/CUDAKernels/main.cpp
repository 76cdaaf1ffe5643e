// Tests of the CUDA kernels on the emulator. Names of groups as arguments run those alone.
#include <cstring>

#include "layers.h"

int main(int count, char **names) {
    const struct {
        const char *name;
        void (*run)();
    } groups[] = {
        {"elementwise", test_elementwise}, {"copies", test_copies},
        {"reductions", test_reductions},   {"rows", test_rows},
        {"labels", test_labels},           {"indices", test_indices},
        {"random", test_random},           {"lists", test_lists},
        {"layers", test_layers},           {"windows", test_windows},
        {"sequences", test_sequences},     {"attention", test_attention},
        {"order", test_order},
        {"fused", test_fused},             {"matrices", test_matrices},
        {"driver", test_driver},           {"faults", test_faults},
    };
    for (const auto &group : groups) {
        bool wanted = count == 1;
        for (int k = 1; k < count; k++) wanted |= strcmp(names[k], group.name) == 0;
        if (!wanted) continue;
        int before = failures();
        group.run();
        printf("%-12s %s\n", group.name, failures() == before ? "passed" : "FAILED");
        fflush(stdout);
    }
    if (failures() > 0) printf("%d failures\n", failures());
    return failures() > 0;
}
