import '../define/builder.ts';
import '../define/apps.ts';
