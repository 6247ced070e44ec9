/* SPDX-License-Identifier: MIT */
static void
nests_4 (int a)
{
  while (a > 0)
    {
      while (a > 1)
        {
          while (a > 2)
            {
              while (a > 3)
                {
                  a--;
                }
            }
        }
    }
}

static void
nests_5 (int a)
{
  while (a > 0)
    {
      while (a > 1)
        {
          while (a > 2)
            {
              while (a > 3)
                {
                  while (a > 4)
                    { /* expect: nesting */
                      a--;
                    }
                }
            }
        }
    }
}
