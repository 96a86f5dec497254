thing = 1
return thing
