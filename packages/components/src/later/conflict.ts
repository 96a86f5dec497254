import '../define/editor.ts';
import '../define/conflict.ts';
