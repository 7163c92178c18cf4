# /// script
# dependencies = []
print()
