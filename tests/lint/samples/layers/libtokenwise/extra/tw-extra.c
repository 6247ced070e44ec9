/* SPDX-License-Identifier: MIT */
/* expect-file: unknown-layer */
