// SPDX-License-Identifier: MIT
// The texts that texts.txt starts with, each for a reason of its own.

const fixed = [
  '', ' ', 'a', 'Hello, world!', 'The quick brown fox jumps over the lazy dog.',
  "I'm you're he'll they'd we've it's don't I'M YOU'RE HE'LL THEY'D WE'VE IT'S DON'T i'Ll Ve'rE",
  "x's x'S x's's 's 'S 're've'lll' x'' 'quote' \u2019s it\u2019s x'\u017f y'\u017ft",
  'camelCase PascalCase snake_case SCREAMING_CASE XMLHttpRequest iPhone McDonald ABCdef',
  'a  b   c    d     e', '  leading', 'trailing  ', 'tab\tin\t\tthe\t\t\tmiddle', '\t\t  \t x',
  'line\nline\r\nline\rline\n\n\nline\n \n  \n x', '\r\n\r\n', ' \n', '\n ', '  \n  ', '\n\n  \n\n',
  'x   \n\n   y', 'x \r\n \r\n', 'end   ', 'end \t\u00a0', '\u00a0\u2003\u3000 x \u0085\u0085 y \u2028z',
  '0', '12', '123', '1234', '12345678901234567890', '3.14159', '1,000,000', '0x7fff', '1e-9', '\u0663\u0664\u0665\u0666',
  '\u00b2\u00b3\u00bd\u2167\u2460', '!!!', '...', '----------', '======', '//////', '/*/', 'http://x.y/z?a=b&c=d#e',
  '();\n', '});\n\n', '){\r\n', '!/\n/\n', ' /path/to', '#include <stdio.h>\nint main (void)\n{\n  return 0;\n}\n',
  '{"a": [1, 2.5, null], "b": {"c": "d\\n"}}', 'def f(x):\n    return x ** 2\n', '<div class="x">&nbsp;</div>',
  '<|endoftext|><|im_start|>user<|im_sep|>x<|im_end|><|endofprompt|>', '<|fim_prefix|>',
  '\u4f60\u597d\uff0c\u4e16\u754c\u3002', '\u4e2d\u6587ABC\u6587abc\u4e2d', '\u65e5\u672c\u8a9e\u306e\u30c6\u30ad\u30b9\u30c8',
  '\ud55c\uad6d\uc5b4 \ubb38\uc7a5\uc785\ub2c8\ub2e4.', '\u0645\u0631\u062d\u0628\u0627 \u0628\u0627\u0644\u0639\u0627\u0644\u0645',
  '\u0928\u092e\u0938\u094d\u0924\u0947 \u0926\u0941\u0928\u093f\u092f\u093e', '\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd',
  '\u041f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440! \u041f\u0420\u0418\u0412\u0415\u0422', '\u0395\u03bb\u03bb\u03b7\u03bd\u03b9\u03ba\u03ac',
  '\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35\u0e0a\u0e32\u0e27\u0e42\u0e25\u0e01', 'na\u00efve caf\u00e9 \u00c5ngstr\u00f6m \u01c5 \u02b0',
  'e\u0301e\u0301 \u0301x !\u0301a !!\u0301 \u0301ABC \u0301ABCd', 'Z\u0351\u036b\u0343\u0342a\u0363\u0342\u0346lgo',
  '\u{1f468}\u200d\u{1f469}\u200d\u{1f467} \u{1f3f3}\ufe0f\u200d\u{1f308} \u{1f44d}\u{1f3fd} \u{1f1e9}\u{1f1ea} 1\ufe0f\u20e3',
  '\ufeffhello', '\ufeff\ufeff x', 'a\u200bb\u00adc', '\u0000', 'a\u0000b\u0000\u0000', '\u0001\u001f\u007f\u009f',
  '\ufffd', '\uffff\ufffe', '\u{10ffff}\u{e0001}\u{f0000}', '\u{1d400}\u{1d7ce}\u{20000}',
  // Symbols in the middle of what DeepSeek's second split takes together, and its third takes apart.
  '\u30b3\u30f3\u30d4\u30e5\u30fc\u30bf\u30fb\u30b5\u30a4\u30a8\u30f3\u30b9', '\u30fb\u30fb\u30fb\u3042\u309b\u3044\u309c\u30a0\u30a0\u4e2d\u30fb1\u30fb',
  '\u30e2\u30fc\u30c4\u30a1\u30eb\u30c8\u30fb\u30f4\u30a9\u30eb\u30d5\u30ac\u30f3\u30b0\uff1d\u30a2\u30de\u30c7\u30a6\u30b9 \u30fb\n',
  'Donaudampfschifffahrtselektrizit\u00e4tenhauptbetriebswerkbauunterbeamtengesellschaft',
];
const hex = [
  '80', 'ff', 'c080', 'c2', 'e4b8', 'e4b8ad80', 'f09f98', 'f09f9880', 'eda080', 'edbfbf', 'f4908080', 'f8888080', 'e0809f',
  '61ff62', '61e4b862', 'f0f1f2', 'efbbbf61', '20c3', 'c328', 'e28228', 'f0288c28', 'fffe6100',
];

export const FIRST = [...fixed, ...hex.map((text) => Buffer.from(text, 'hex'))];
