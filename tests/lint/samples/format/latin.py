# expect: utf-8 ÿ
