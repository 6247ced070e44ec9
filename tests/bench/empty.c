/* SPDX-License-Identifier: MIT */
/* What a process costs that does nothing; first-count.c is measured over it. */
int
main (void)
{
  return 0;
}
