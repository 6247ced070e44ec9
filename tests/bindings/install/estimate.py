# SPDX-License-Identifier: MIT
"""The twin of estimate.c through the introspection data."""

import sys

import gi

gi.require_version("Tokenwise", "1")
from gi.repository import Tokenwise  # noqa: E402

client = Tokenwise.Client.new(None)
request = Tokenwise.Request.new(sys.argv[1])
request.add_text(Tokenwise.Role.USER, sys.argv[2])
estimate = client.estimate(request)
print(estimate.get_model(), estimate.get_input_tokens(), estimate.get_cost_likely().to_decimal())
