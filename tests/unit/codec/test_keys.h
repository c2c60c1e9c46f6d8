/* SPDX-License-Identifier: Apache-2.0 */
/* Keys for tests only, generated for this file: nothing in the world trusts them. */
#pragma once

static const char test_key[] =
    "{\"kty\":\"RSA\",\"n\":\"nLV0KmNiIgGtIZLD8K5BV1jQhiUbr_dwrLF4fO4_a8XEvPIFiInC_9jiXO9UOooe9fy"
    "PQsvvSlqYkFFYMcrwB6dY52C73fEM--q4MY6l9HxSrt75733XtPue95sRUO7ravpgt7NiPRDNmU6RuTUqneML4hakhkd"
    "zqd0zqBgZZYclco8FodF01KczN_HLBCScfCAi90SMlp6WDUQgu7rmFEeLU0kWhN_Uju0nmH5UQxBn1kMtQc1kfdt0j6J"
    "hKA2MJPBzqLxtAgVTyfLWThtYGnMrOqCagzFGipb8hYMr5W5B5fd9OBlyVho-M4VOsncZL9gLCD2YxHMCh7P9u9zvOw\""
    ",\"e\":\"AQAB\",\"d\":\"FYcL1ULf2UIXsZQC3M5jZYdq5fK1EgBQ9zhOEAN-rOR3OWmZ_v7FzfXSaufpzzzoMeyn"
    "FYsEbVdyu-igz_5L6RFBMk_knwGdQgIlmZE6FRL7HNC-zvqfplompWclAtQ_fOu2W6YF6dOkGtpjRGkcWKI3ILDxmwy3"
    "w-8CSKY-3uZx2GUggc_7M9BhGcg8kO7bfpI0QkpQdxE0rxGXOZ3MRLHCdQsUq5qB4loIWmogrA-0LaMko5KeYX3EI-6m"
    "22nXaPYXrQT__28P_ubJNNGkgBcf2_I2LbtwYAZmqPLv0Oh_q4kv9C4c7U34pUKMJmcP0_FKL2zzegaP1D6Ow-XzEQ\""
    ",\"p\":\"0HkmzLcCtBf9F7XGbH7T8pf6LBGTG_VP_2RQGpacR3u33k7zb-WbWiIJySP_yqcNJ1MuW4aX1TQ5AmL51E9"
    "uaOFT-JBvRH-Bqoue2zrb-kFqZjzjTKHpt3khKk0oLVsLA2veUUe_WLkh5_lvf_PzM-w2WumvO6N76LOmqNjtN7M\",\""
    "q\":\"wG8-DloPTMGuUXkz6xHp-Qq-PQ-IeN2KpnZGOJx148OjsJOwOXDbSI3ulKr2RlOxIABMvjRdABYFWnCYbvzT8k"
    "4BEM1FT0hkOm71QsVeUrzAi85zOkLvoohwQcKz-VdlE2zolz3y9qBUCn99TJlJrsEVVE-aQJvyA-HNuOhgJlk\",\"dp"
    "\":\"jd6Uh-XXQiW9B8CdKsJYjBPenNTM7s7PRPbICIAMFB1ecDv8MF7pjLnzPN1xukBalDNoLcL3WpDyZuxiJZh0g40"
    "r7tCj19KJtDzVu01f2_teY_r1l_Xrrf8Rkc72E3-MjCSBI4EW91LtfwbhWQrzq5cJGm9C3-wOa7quJOOS8z8\",\"dq\""
    ":\"K5MFAkryW_cfeeNwFjKgQHxmR31U8cl4s-jkTb1gFIsgbcODi_46KVu6Qn_T9GjPGuf2eLtys6pI3AnS-o7Vj3CKX"
    "TueDi3eRD0L3GrEyQdkskO1Y-P0T2GFyd5E0pkvkg5_PIASnDYB0b68qLOtM50VL1o3G5o0WxyucMhtvUE\",\"qi\":"
    "\"ygZgbcXMYSSkDPGwaqxSNobCT6u3rx0BmZ91eTjuA228mRAvoYToUZJag14gGQuSGWswmWCI-W2btdOuCa0L1KuPr5"
    "pJccPj8lhgLh6OqarS4_tay9XNRsvG6Z2E5LMslFWqasSR8vP6Tl7oA_nQp-rVWKppVAnRLaAk0i02ftk\"}";
static const char test_key_id[] =
    "430bb2ee788d21838f98747ba76ed451ff81802f7f78e0053851e1c0102f6b6e";
/* Made by another implementation (Python's cryptography) with that key; claims sub and exp. */
static const char test_token[] =
    "eyJhbGciOiJSUzI1NiIsImtpZCI6IjQzMGJiMmVlNzg4ZDIxODM4Zjk4NzQ3YmE3NmVkNDUxZmY4MTgwMmY3Zjc4ZTAw"
    "NTM4NTFlMWMwMTAyZjZiNmUiLCJ0eXAiOiJKV1QifQ.eyJzdWIiOiJhbGljZSIsImV4cCI6MX0.iCVCa_UzxDXuw3Et3"
    "c0VNGh-ZIZO7hqJKuu0gwLO_KJzhNos_MtiytCrS8vf9lHVAIY1yxkl7wlKUYbPrs_NC5cwD5rSAy91B5sfBNiDWKshz"
    "ELVIiPiVafEk3IQi2yiI_sLPVLzt1OqzplyqHEsNILVop0QqunSRvz7qS4EYtyigbUI3u9uQWdImkUiZwooEY5ONYGaG"
    "crpy5Qjo8_dzylvRk81DCL_Kko7tEoTqsze1WwAXJGye-nJhcx-5DW_znwnPrwciYa3ZOVSRIBwF_WiPwDsqbJIicM2u"
    "JY9GqpKAJVB1fbk5mpCu9QYPIwy29HEOCuovfQbXMnRVzUwgg";
/* The public half of an unrelated key, and one that is too short. */
static const char other_key[] =
    "{\"kty\":\"RSA\",\"n\":\"qtaOEPdT5pRXe6whsXVihjidi4KuHCSQ3H1zr5QUcIAAVISXzqs18JJXUPJqQ3ZUaLv"
    "gtsOok-ygylgDt_6XmlYjiuhEK-NKNjd4OFCdagERmmb3hlURa2ljCWvCZYcLq9YeUVPxn6x7EgiSogJObMR_QHRVXFS"
    "Elqp6yGP5JlZa-eH8V3QDc7Kdzc-7JeGr5GKV5ce46fx4jMOjMiUg-LPk8DHqqKN5CtaCwlLS8THYPXgqymzCmpAly0C"
    "aCF9Spc4NvAo-ncRWLFZqGLBg1eE3J0jQ3MlQgL0cjoWf_Ql3K-rr0y1VEptGr-EAYpxojK-slomShYt0AZb3334LRQ\""
    ",\"e\":\"AQAB\"}";
static const char short_key[] =
    "{\"kty\":\"RSA\",\"n\":\"sU5OT_6NHy1bCMbYmh_N2-SanGdytxwIrAju-piMKKO60yYkFb6BPoGA233WDECPMxh"
    "2LuOD18L4jgkI0aix8qEYsLrSmYn3OOU6qv-LwU5L0vQbiOBV4TX9vL9f3TCFFBHD_N2kxAWknxQ7mZyEl4QwAE0Z9ik"
    "LrRIFRsTCpXk\",\"e\":\"AQAB\"}";
/* The example of RFC 7638 section 3.1, whose thumbprint is given there. */
static const char rfc7638_key[] =
    "{\"kty\":\"RSA\",\"n\":\"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1"
    "RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h"
    "4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLy"
    "rdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw\""
    ",\"e\":\"AQAB\",\"alg\":\"RS256\",\"kid\":\"2011-04-29\"}";
static const char rfc7638_id[] = "3736cbb1787cb8309c77ee8c3705c5e16ffb9e859715901f1e4c59b11182f57b";
