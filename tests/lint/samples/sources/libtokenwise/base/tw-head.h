#define TW_HEAD 1
/* expect-file: spdx */
/* expect-file: pragma-once */
