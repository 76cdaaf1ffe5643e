// The list of optimizer rules, shared by all devices: what one step does to one element.
//
// FT_RULE(name, slots, body): p is the parameter, g its gradient (after clipping), s0, s1, s2 the
// element's states of which the rule has `slots`, all of the compute type `real` and changed in
// place; n[k] are the rule's numbers for this step, computed in double where the optimizer is
// (Sources/Optim), which also has the formula and its source. Moving averages are β s + (1 − β) x:
// the form s + (1 − β)(x − s) turns one infinite square into NaN for ever.
#pragma once

enum { FT_RULE_NUMBERS = 10 };

#define FT_RULE_LIST(FT_RULE)                                                                      \
    FT_RULE(sgd, 0, real rate = n[0], decay = n[1];                                                \
            p -= rate * (g + decay * p))                                                           \
    FT_RULE(momentum, 1, real rate = n[0], decay = n[1], mu = n[2];                                \
            s0 = mu * s0 + (g + decay * p);                                                        \
            p -= rate * s0)                                                                        \
    FT_RULE(nesterov, 1, real rate = n[0], decay = n[1], mu = n[2];                                \
            g += decay * p;                                                                        \
            s0 = mu * s0 + g;                                                                      \
            p -= rate * (g + mu * s0))                                                             \
    FT_RULE(adam, 2, real step = n[0], scale = n[1], epsilon = n[2], decay = n[7], apart = n[8];   \
            g += decay * p;                                                                        \
            s0 = n[3] * s0 + n[4] * g;                                                             \
            s1 = n[5] * s1 + n[6] * (g * g);                                                       \
            p -= apart * p;                                                                        \
            p -= step * s0 / (R(sqrt)(s1 * scale) + epsilon))                                      \
    FT_RULE(rmsprop, 1, real rate = n[0], epsilon = n[1], decay = n[4];                            \
            g += decay * p;                                                                        \
            s0 = n[2] * s0 + n[3] * (g * g);                                                       \
            p -= rate * (g / (R(sqrt)(s0) + epsilon)))                                             \
    FT_RULE(rmsprop_momentum, 2, real rate = n[0], epsilon = n[1], decay = n[4], mu = n[5];        \
            g += decay * p;                                                                        \
            s0 = n[2] * s0 + n[3] * (g * g);                                                       \
            s1 = mu * s1 + g / (R(sqrt)(s0) + epsilon);                                            \
            p -= rate * s1)                                                                        \
    FT_RULE(adagrad, 1, real rate = n[0], epsilon = n[1], decay = n[2];                            \
            g += decay * p;                                                                        \
            s0 += g * g;                                                                           \
            p -= rate * g / (R(sqrt)(s0) + epsilon))                                               \
    FT_RULE(adadelta, 2, real rate = n[0], epsilon = n[1], decay = n[4];                           \
            g += decay * p;                                                                        \
            s0 = n[2] * s0 + n[3] * (g * g);                                                       \
            real change = R(sqrt)(s1 + epsilon) / R(sqrt)(s0 + epsilon) * g;                       \
            s1 = n[2] * s1 + n[3] * (change * change);                                             \
            p -= rate * change)                                                                    \
    FT_RULE(nadam, 2, real scale = n[2], decay = n[7], epsilon = n[8];                             \
            g += decay * p;                                                                        \
            s0 = n[3] * s0 + n[4] * g;                                                             \
            s1 = n[5] * s1 + n[6] * (g * g);                                                       \
            p -= (n[0] * s0 + n[1] * g) / (R(sqrt)(s1 * scale) + epsilon))                         \
    FT_RULE(adabelief, 2, real step = n[0], scale = n[1], epsilon = n[2], decay = n[7];            \
            g += decay * p;                                                                        \
            s0 = n[3] * s0 + n[4] * g;                                                             \
            s1 = n[5] * s1 + n[6] * ((g - s0) * (g - s0)) + epsilon;                               \
            p -= step * s0 / (R(sqrt)(s1 * scale) + epsilon))                                      \
    FT_RULE(radam, 2, real adaptive = n[0], plain = n[1], epsilon = n[2], decay = n[7];            \
            g += decay * p;                                                                        \
            s0 = n[3] * s0 + n[4] * g;                                                             \
            s1 = n[5] * s1 + n[6] * (g * g);                                                       \
            p -= s0 * (adaptive / (R(sqrt)(s1) + epsilon) + plain))                                \
    FT_RULE(lion, 1, real rate = n[0], decay = n[1];                                               \
            real direction = R(sign)(n[2] * s0 + n[3] * g);                                        \
            s0 = n[4] * s0 + n[5] * g;                                                             \
            p -= rate * (direction + decay * p))                                                   \
    /* p is turned into the direction of the step; n[0] and n[1] are for the step itself, by sgd. */\
    FT_RULE(lamb, 2, real mean = n[2], scale = n[3], epsilon = n[4], decay = n[9];                 \
            s0 = n[5] * s0 + n[6] * g;                                                             \
            s1 = n[7] * s1 + n[8] * (g * g);                                                       \
            p = mean * s0 / (R(sqrt)(s1 * scale) + epsilon) + decay * p)                           \
    /* Without a gradient: s0 follows p, and where n[2] is above 0 p is set to it. */              \
    FT_RULE(follow, 1,                                                                             \
            s0 = n[0] * s0 + n[1] * p;                                                             \
            p = n[2] > 0 ? s0 : p)

#define FT_COUNT_RULE(name, slots, ...) +1
enum { FT_RULE_COUNT = 0 FT_RULE_LIST(FT_COUNT_RULE) };

#define FT_ENUM_RULE(name, slots, ...) FT_NAMED(FT_RULE_##name, name)
enum FT_SWIFT_ENUM(OptimizerRule) ft_rule { FT_RULE_LIST(FT_ENUM_RULE) };
