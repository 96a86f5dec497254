import '@fapi/components/define/editor';
import '@fapi/components/define/provider';
