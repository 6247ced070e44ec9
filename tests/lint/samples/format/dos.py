first = 1  # expect: line-end
second = 2
