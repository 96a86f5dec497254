import '../define/builder.ts';
import '../define/settings.ts';
