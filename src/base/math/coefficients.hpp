// SPDX-License-Identifier: BSD-3-Clause
// Polynomial coefficients of the math functions, lowest power first; made by coefficients.py.
#pragma once

namespace neurodyn::math::coefficients {

// (e^r - 1 - r)/r^2, |r| <= ln(2)/2: error 1.5e-17 of the result.
inline constexpr double exponential_f64[] = {
    0x1.0000000000001p-1,  0x1.5555555555556p-3,  0x1.5555555553d4fp-5,  0x1.11111111109adp-7,
    0x1.6c16c17893833p-10, 0x1.a01a01a7c8d47p-13, 0x1.a019b8ef67c6cp-16, 0x1.71de0d9c145d0p-19,
    0x1.2891a8c1d838dp-22, 0x1.af38d53857513p-26};

// (e^r - 1 - r)/r^2, |r| <= ln(2)/2: error 8.8e-9 of the result.
inline constexpr double exponential_f32[] = {0x1.0000000000000p-1, 0x1.5554dcc72f691p-3, 0x1.55551914b31dcp-5,
                                             0x1.120ba1a05966cp-7, 0x1.6d113c8ed96b6p-10};

// (2 atanh(s) - 2 s)/s^3 in z = s^2: error 4.4e-18 of the result.
inline constexpr double logarithm_f64[] = {0x1.5555555555558p-1, 0x1.9999999995204p-2, 0x1.2492492e09d4dp-2,
                                           0x1.c71c62c639fdep-3, 0x1.7462bd8f7796ep-3, 0x1.39fd392179a95p-3,
                                           0x1.2b6688a387e03p-3};

// (2 atanh(s) - 2 s)/s^3 in z = s^2: error 2.7e-9 of the result.
inline constexpr double logarithm_f32[] = {0x1.55555b892a142p-1, 0x1.997c11aa74610p-2, 0x1.2eeb7ff5f01cbp-2};

// (2 atanh(s) - 2 s - 2/3 s^3)/s^5 in z = s^2: error 7.7e-22 of the result.
inline constexpr double logarithm_tail_f64[] = {
    0x1.999999999999ap-2, 0x1.2492492492523p-2, 0x1.c71c71c6ea0c3p-3, 0x1.745d177b19a81p-3,
    0x1.3b13959b359a4p-3, 0x1.1118d38b0f57bp-3, 0x1.df7a598f77bc4p-4, 0x1.e047e001993cbp-4};

// (2 atanh(s) - 2 s - 2/3 s^3)/s^5 in z = s^2: error 3.9e-13 of the result.
inline constexpr double logarithm_tail_f32[] = {0x1.9999998924332p-2, 0x1.24928ed603237p-2,
                                                0x1.c6c08bea083bfp-3, 0x1.879ff1268744ap-3};

// (sin(r) - r)/r^3 in z = r^2, |r| <= pi/4: error 1.2e-17 of the result.
inline constexpr double sine_f64[] = {-0x1.5555555555555p-3, 0x1.1111111110ba5p-7,   -0x1.a01a019e80693p-13,
                                      0x1.71de379252004p-19, -0x1.ae60069e53ef1p-26, 0x1.5e098556d302ep-33};

// (sin(r) - r)/r^3 in z = r^2, |r| <= pi/4: error 1.2e-8 of the result.
inline constexpr double sine_f32[] = {-0x1.555552a083263p-3, 0x1.110c23a42d3f1p-7, -0x1.9ac6fbcca5f6cp-13};

// (cos(r) - 1 + r^2/2)/r^4 in z = r^2, |r| <= pi/4: error 4.3e-19 of the result.
inline constexpr double cosine_f64[] = {0x1.5555555555555p-5,  -0x1.6c16c16c16960p-10,
                                        0x1.a01a019f4d0edp-16, -0x1.27e4fa15bd814p-22,
                                        0x1.1eeb66b682fedp-29, -0x1.907c0e63ab945p-37};

// (cos(r) - 1 + r^2/2)/r^4 in z = r^2, |r| <= pi/4: error 7.3e-10 of the result.
inline constexpr double cosine_f32[] = {0x1.5555543fd0b8ep-5, -0x1.6c12ceea849c0p-10, 0x1.9bd670a508ac7p-16};

// sin(pi/2 r)/r in z = r^2, |r| <= 1/2: error 4.9e-18 of the result.
inline constexpr double sine_turn_f64[] = {
    0x1.921fb54442d18p+0,  -0x1.4abbce625be41p-1,  0x1.466bc677587f3p-4, -0x1.32d2cce2e55bfp-8,
    0x1.50782fd9b7104p-13, -0x1.e300715607854p-19, 0x1.e3f362f896ffep-25};

// sin(pi/2 r)/r in z = r^2, |r| <= 1/2: error 4.8e-9 of the result.
inline constexpr double sine_turn_f32[] = {0x1.921fb52f753bcp+0, -0x1.4abbb9945eb79p-1, 0x1.465ec2e546256p-4,
                                           -0x1.2d9b1e6efae7ep-8};

// cos(pi/2 r) in z = r^2, |r| <= 1/2: error 4.7e-17 of the result.
inline constexpr double cosine_turn_f64[] = {
    0x1.0000000000000p+0,  -0x1.3bd3cc9be458bp+0,  0x1.03c1f081b0775p-2, -0x1.55d3c7dbfc474p-6,
    0x1.e1f4fb5f4d477p-11, -0x1.a6c9c153a4860p-16, 0x1.f3dba7c0931d1p-22};

// cos(pi/2 r) in z = r^2, |r| <= 1/2: error 4.8e-11 of the result.
inline constexpr double cosine_turn_f32[] = {0x1.ffffffff97789p-1, -0x1.3bd3cc730f881p+0,
                                             0x1.03c1dc153debep-2, -0x1.55c57858551a1p-6,
                                             0x1.d9c2b2a363ab2p-11};

// (atan(t)/t - 1)/t^2 in z = t^2, |t| <= tan(pi/8): error 4.7e-18 of the result.
inline constexpr double arctangent_f64[] = {
    -0x1.5555555555555p-2, 0x1.999999999933dp-3, -0x1.24924924355d5p-3, 0x1.c71c7184c32bfp-4,
    -0x1.745d0b153ffadp-4, 0x1.3b126143b5cbcp-4, -0x1.10fa5ee9ab25cp-4, 0x1.dfe49b2919c4ep-5,
    -0x1.a090d1950d2b4p-5, 0x1.41495cefb6c73p-5, -0x1.39f38ad451ea6p-6};

// (atan(t)/t - 1)/t^2 in z = t^2, |t| <= tan(pi/8): error 2.2e-9 of the result.
inline constexpr double arctangent_f32[] = {-0x1.55555445f9781p-2, 0x1.99972e94b0b70p-3,
                                            -0x1.241fe6a0f8387p-3, 0x1.b8099094da58fp-4,
                                            -0x1.082f6c98ac69ap-4};

// (asin(s)/s - 1)/s^2 in z = s^2, |s| <= 1/2: error 3.7e-18 of the result.
inline constexpr double arcsine_f64[] = {0x1.5555555555556p-3, 0x1.3333333332ecap-4, 0x1.6db6db6e31f13p-5,
                                         0x1.f1c71c1db0623p-6, 0x1.6e8bb1c8209a2p-6, 0x1.1c4d35cf95421p-6,
                                         0x1.c9cf07674736ap-7, 0x1.782651caa6547p-7, 0x1.52420b04b37bep-7,
                                         0x1.65a9c4dfcf8b2p-8, 0x1.1d189408314eep-6, -0x1.e6aaa8a0a04ccp-7,
                                         0x1.d72b2bc8155f8p-6};

// (asin(s)/s - 1)/s^2 in z = s^2, |s| <= 1/2: error 9.6e-10 of the result.
inline constexpr double arcsine_f32[] = {0x1.555554e435732p-3, 0x1.333430fcff28ep-4, 0x1.6d5bb95f8e653p-5,
                                         0x1.fd8da2554dd34p-6, 0x1.18f91e79712c6p-6, 0x1.13fed3dd245c1p-5};

// erf(x)/x - 1 in z = x^2, |x| <= 1: error 1.6e-19 of the result.
inline constexpr double error_function_f64[] = {
    0x1.06eba8214db69p-3,  -0x1.812746b0379e6p-2,  0x1.ce2f21a042b30p-4,  -0x1.b82ce31284e00p-6,
    0x1.565bcd0dbaa38p-8,  -0x1.c02db3dac435fp-11, 0x1.f9a321d5b8e1ep-14, -0x1.f4d1e3183f7aep-17,
    0x1.b9df224ca4b97p-20, -0x1.5f1ecb6f0764cp-23, 0x1.f7b4bf3b13964p-27, -0x1.389d4f2641625p-30,
    0x1.05ffd737fb32ep-34};

// erf(x)/x - 1 in z = x^2, |x| <= 1: error 1.5e-9 of the result.
inline constexpr double error_function_f32[] = {
    0x1.06eba7f673903p-3, -0x1.81273e7a02443p-2,  0x1.ce2d10ed44e09p-4, -0x1.b7faba961c85ap-6,
    0x1.541270c79ca2cp-8, -0x1.a45087f1a200ap-11, 0x1.4a5690869d13fp-14};

// erfc(x) e^(x^2) in t = (x - 2)/(x + 2), 1 <= x <= 6: error 1.2e-17 of the result.
inline constexpr double error_tail_f64[] = {
    0x1.058671b52c775p-2,   -0x1.b57034efd3f74p-2, 0x1.eeea7dc8a7bb2p-3,   -0x1.437f0b68c0663p-4,
    0x1.e9471591b7446p-9,   0x1.ca95ed532b303p-8,  -0x1.bc25a010847bep-11, -0x1.016b5e511a3f0p-10,
    0x1.6d589c869e092p-15,  0x1.6dab5fdd60b62p-13, 0x1.ce62d05252d06p-16,  -0x1.cfbc05a3f041ap-16,
    -0x1.db57ed0f1c283p-17, 0x1.f322e0892648ep-20, 0x1.1640edd9e223dp-18,  -0x1.de7cb807e82e6p-23};

// erfc(x) e^(x^2) in t = (x - 2)/(x + 2), 1 <= x <= 6: error 6.3e-10 of the result.
inline constexpr double error_tail_f32[] = {
    0x1.058671b5f9068p-2, -0x1.b570367594a1dp-2, 0x1.eeea7a235ca2bp-3,   -0x1.437d8b7cc2a3ep-4,
    0x1.e95f0e0896117p-9, 0x1.c904a00c3fb32p-8,  -0x1.bbf2bf3d5ec6bp-11, -0x1.bbffbe7fbceedp-11};

}  // namespace neurodyn::math::coefficients
