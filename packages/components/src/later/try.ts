import '../define/builder.ts';
import '../define/try.ts';
