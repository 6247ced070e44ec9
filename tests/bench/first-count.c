/* SPDX-License-Identifier: MIT */
/* Counts a text of 1 KB and ends: what a program pays for its first count. */
#include <libtokenwise/tokenwise.h>

#include <string.h>

static const char text[]
    = "Dear Sir or Madam,\n\nunder clause 14.2 of our agreement of 3 March 2024 (“the Agreement”) "
      "we "
      "give notice of a change to the delivery schedule. The second shipment, planned for the "
      "18th, "
      "will leave Rotterdam on the 25th instead; the carrier's reference is RTM-2207-884x. No "
      "other "
      "term is affected, and the price of €12,480.50 stands.\n\nPlease confirm by e-mail to "
      "logistics@example.org that the new date suits you. If we hear nothing within five working "
      "days, we will take it that you agree.\n\n```python\ndef due(date, days=5):\n    \"\"\"The "
      "last day on which an answer is in time.\"\"\"\n    while days:\n        date += "
      "timedelta(days=1)\n        days -= date.weekday() < 5\n    return date\n```\n\nWe regret "
      "the "
      "inconvenience and thank you for your patience; should you have any question about customs, "
      "insurance or the storage of temperature-sensitive goods at the terminal, our desk is open "
      "from 8:00 to 18:30 CET. Mit freundlichen Grüßen, and with kind regards from the whole "
      "team,\n\nA. Example\nHead of Operations\n";

int
main (void)
{
  G_STATIC_ASSERT (sizeof text > 1000 && sizeof text < 1100);
  return tw_encoding_count ("o200k_base", text, (gssize) strlen (text), NULL) > 0 ? 0 : 1;
}
