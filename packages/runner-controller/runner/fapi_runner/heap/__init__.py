"""What the zygote does to its memory so that its children, who share it until they write to it, seldom have to."""
