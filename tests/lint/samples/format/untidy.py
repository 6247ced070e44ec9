spaces = 1  # expect: trailing-space 
	tab = 2  # expect: tab
last = 3  # expect: final-newline