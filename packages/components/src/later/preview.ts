import '../define/builder.ts';
import '../define/preview.ts';
