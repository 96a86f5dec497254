import '../define/builder.ts';
import '../define/palette.ts';
