import '../define/editor.ts';
import '../define/find.ts';
