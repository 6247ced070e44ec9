/* SPDX-License-Identifier: MIT */
#pragma once

/* What must hold for every price, tried on made-up calls. */
void test_prices_add_properties (void);
