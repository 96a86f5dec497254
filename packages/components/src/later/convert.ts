import '../define/editor.ts';
import '../define/convert.ts';
