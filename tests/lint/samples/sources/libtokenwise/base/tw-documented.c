/* SPDX-License-Identifier: MIT */

/**
 * tw_words_undated:
 * @text: a text
 *
 * Says nothing of its age.
 *
 * Returns: a number
 */

/**
 * tw_words_documented:
 *
 * Complete.
 *
 * Returns: a number
 * Since: 0.1
 */

/**
 * tw_words_list:
 *
 * Lists.
 *
 * Returns: (transfer full) (element-type TwWords): all; expect: transfer
 * Since: 0.1
 */

/**
 * tw_words_list_numbers:
 *
 * Lists.
 *
 * Returns: (transfer full) (element-type guint32): all
 * Since: 0.1
 */
